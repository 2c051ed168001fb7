package dev.remora.codegen;

import java.util.Locale;
import java.util.Set;
import javax.lang.model.SourceVersion;

/** Names of Java methods and constants for the methods of a service. */
final class JavaNames {
    /** What a method of a stub or of a server base class inherits or may not hide. */
    private static final Set<String> INHERITED = Set.of(
            // java.lang.Object
            "clone",
            "equals",
            "finalize",
            "getClass",
            "hashCode",
            "notify",
            "notifyAll",
            "toString",
            "wait",
            // AbstractStub
            "build",
            "channel",
            "options",
            "withDeadline",
            "withInterceptors",
            "withMetadata",
            "withTimeout",
            // BindableService
            "descriptor",
            "methods");

    private JavaNames() {}

    /** {@code GetUser} and {@code get_user} become {@code getUser}; names that Java has taken get an underscore. */
    static String method(String protoName) {
        StringBuilder name = new StringBuilder();
        boolean wordStarts = false;
        for (int i = 0; i < protoName.length(); i++) {
            char c = protoName.charAt(i);
            if (c == '_') {
                wordStarts = true;
            } else if (name.isEmpty()) {
                name.append(Character.toLowerCase(c));
                wordStarts = false;
            } else {
                name.append(wordStarts ? Character.toUpperCase(c) : c);
                wordStarts = false;
            }
        }
        if (name.isEmpty() || !Character.isJavaIdentifierStart(name.charAt(0))) {
            name.insert(0, '_');
        }
        // The language level counts: newer keywords are reserved whatever JVM runs the plugin.
        String result = name.toString();
        boolean taken = SourceVersion.isKeyword(result) || result.equals("yield") || INHERITED.contains(result);
        return taken ? result + "_" : result;
    }

    /** {@code GetUser}, {@code getUser} and {@code get_user} become {@code METHOD_GET_USER}. */
    static String constant(String protoName) {
        StringBuilder name = new StringBuilder("METHOD_");
        for (int i = 0; i < protoName.length(); i++) {
            char c = protoName.charAt(i);
            boolean wordStarts = i > 0
                    && Character.isUpperCase(c)
                    && protoName.charAt(i - 1) != '_'
                    && (!Character.isUpperCase(protoName.charAt(i - 1))
                            || (i + 1 < protoName.length() && Character.isLowerCase(protoName.charAt(i + 1))));
            if (wordStarts) {
                name.append('_');
            }
            name.append(c);
        }
        return name.toString().toUpperCase(Locale.ROOT);
    }
}
