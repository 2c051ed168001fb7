package dev.remora.cli;

import java.io.IOException;
import java.io.InputStream;
import java.util.Properties;
import picocli.CommandLine.IVersionProvider;

/** The version as the build wrote it down. */
final class ProductVersion implements IVersionProvider {
    @Override
    public String[] getVersion() throws IOException {
        Properties build = new Properties();
        try (InputStream in = ProductVersion.class.getResourceAsStream("build.properties")) {
            if (in == null) {
                throw new IOException("dev/remora/cli/build.properties is missing from the jar: build it anew");
            }
            build.load(in);
        }
        return new String[] {
            "remora " + build.getProperty("version"),
            "Java " + Runtime.version() + ", " + System.getProperty("os.name") + " " + System.getProperty("os.arch")
        };
    }
}
