package dev.remora.samples.photos.media;

import com.typesafe.config.Config;
import dev.remora.samples.photos.node.ServiceConfig;
import java.util.List;

/**
 * What media takes, from {@code photos.media}.
 *
 * @param maxPhotoBytes largest photo
 * @param maxTotalBytes disk space for all photos
 * @param contentTypes the types that are taken
 */
record MediaSettings(long maxPhotoBytes, long maxTotalBytes, List<String> contentTypes) {
    MediaSettings {
        contentTypes = List.copyOf(contentTypes);
    }

    static MediaSettings of(Config config) {
        return new MediaSettings(
                ServiceConfig.bytesBetween(config, "photos.media.max-photo-size", 1, Integer.MAX_VALUE),
                ServiceConfig.bytesBetween(config, "photos.media.max-total-size", 1, Long.MAX_VALUE),
                config.getStringList("photos.media.content-types"));
    }
}
