package dev.remora.codegen;

import com.google.protobuf.DescriptorProtos;
import com.google.protobuf.ExtensionRegistry;
import com.google.protobuf.JavaFeaturesProto;
import com.google.protobuf.compiler.PluginProtos.CodeGeneratorRequest;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;

/** Speaks protoc's plugin protocol on standard input and output. */
public final class Main {
    private Main() {}

    public static void main(String[] args) {
        int exit = run(args, System.in, System.out, System.err);
        if (exit != 0) {
            System.exit(exit);
        }
    }

    static int run(String[] args, InputStream in, OutputStream out, PrintStream err) {
        if (args.length > 0) {
            err.println("remora-codegen is a plugin of protoc and takes no arguments; use it as in"
                    + " protoc --plugin=protoc-gen-remora=PROGRAM --remora_out=DIR FILE.proto");
            return 2;
        }
        try {
            CodeGeneratorRequest request = CodeGeneratorRequest.parseFrom(in, extensions());
            Plugin.run(request).writeTo(out);
            out.flush();
            return 0;
        } catch (IOException e) {
            err.println("remora-codegen: no readable request from protoc on standard input: " + e.getMessage());
            return 1;
        }
    }

    /** The options the plugin reads that are not in descriptor.proto itself. */
    static ExtensionRegistry extensions() {
        // The two classes' static initialisers need each other, and work only if this one begins.
        DescriptorProtos.getDescriptor();
        ExtensionRegistry registry = ExtensionRegistry.newInstance();
        JavaFeaturesProto.registerAllExtensions(registry);
        return registry;
    }
}
