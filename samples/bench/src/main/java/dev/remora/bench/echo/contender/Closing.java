package dev.remora.bench.echo.contender;

import java.io.Closeable;
import java.io.IOException;

/** Closes what nobody will use again. */
final class Closing {
    private Closing() {}

    static void quietly(Closeable resource) {
        try {
            resource.close();
        } catch (IOException e) {
            System.err.println("closing " + resource + " failed: " + e);
        }
    }
}
