package dev.remora.samples.photos.media;

import com.google.inject.Inject;
import dev.remora.samples.photos.node.Refusals;
import dev.remora.samples.photos.v1.GetLimitsRequest;
import dev.remora.samples.photos.v1.GetPhotoRequest;
import dev.remora.samples.photos.v1.MediaLimits;
import dev.remora.samples.photos.v1.MediaRpc;
import dev.remora.samples.photos.v1.Photo;
import dev.remora.samples.photos.v1.PhotoInfo;
import dev.remora.samples.photos.v1.PutPhotoRequest;
import java.io.IOException;
import java.sql.SQLException;
import java.util.regex.Pattern;

/** The handlers of media. Those that touch disk have a virtual thread per call; GetLimits runs inline and never blocks. */
final class MediaService extends MediaRpc.ServiceBase {
    private static final Pattern MEDIA_ID = Pattern.compile("[0-9a-f]{64}");

    private final MediaStore store;
    private final MediaSettings settings;
    private final MediaLimits limits;

    @Inject
    MediaService(MediaStore store, MediaSettings settings) {
        this.store = store;
        this.settings = settings;
        this.limits = MediaLimits.newBuilder()
                .setMaxPhotoBytes(settings.maxPhotoBytes())
                .addAllContentTypes(settings.contentTypes())
                .build();
    }

    @Override
    public MediaLimits getLimits(GetLimitsRequest request) {
        return limits;
    }

    @Override
    public PhotoInfo putPhoto(PutPhotoRequest request) throws IOException, SQLException {
        if (!settings.contentTypes().contains(request.getContentType())) {
            throw Refusals.invalid("content_type", "must be one of " + String.join(", ", settings.contentTypes()));
        }
        int size = request.getContent().size();
        if (size == 0 || size > settings.maxPhotoBytes()) {
            throw Refusals.invalid("content", "must have 1 to " + settings.maxPhotoBytes() + " bytes, got " + size);
        }
        return store.put(request.getContentType(), request.getContent());
    }

    @Override
    public Photo getPhoto(GetPhotoRequest request) throws IOException, SQLException {
        String mediaId = request.getMediaId();
        if (!MEDIA_ID.matcher(mediaId).matches()) {
            throw Refusals.invalid("media_id", "must be 64 hexadecimal digits");
        }
        return store.get(mediaId).orElseThrow(() -> Refusals.missing("photo", mediaId));
    }
}
