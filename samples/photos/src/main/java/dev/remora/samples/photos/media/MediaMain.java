package dev.remora.samples.photos.media;

import dev.remora.samples.photos.node.ServiceCommand;

/** Runs the media service alone. */
public final class MediaMain {
    private MediaMain() {}

    public static void main(String[] args) {
        System.exit(ServiceCommand.run("media", new MediaModule(), args));
    }
}
