package dev.remora.samples.photos.demo;

import com.google.protobuf.ByteString;
import dev.remora.samples.photos.v1.GetLimitsRequest;
import dev.remora.samples.photos.v1.GetPhotoRequest;
import dev.remora.samples.photos.v1.GetUserRequest;
import dev.remora.samples.photos.v1.MediaLimits;
import dev.remora.samples.photos.v1.MediaRpc;
import dev.remora.samples.photos.v1.Photo;
import dev.remora.samples.photos.v1.PhotoInfo;
import dev.remora.samples.photos.v1.Post;
import dev.remora.samples.photos.v1.PublishRequest;
import dev.remora.samples.photos.v1.PutPhotoRequest;
import dev.remora.samples.photos.v1.ReadTimelineRequest;
import dev.remora.samples.photos.v1.ReadTimelineResponse;
import dev.remora.samples.photos.v1.TimelinesRpc;
import dev.remora.samples.photos.v1.UsersRpc;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ThreadLocalRandom;

/**
 * What people do: look at profiles and timelines (tiny messages), look at a photo of a timeline and post one (hundreds of
 * KB). Each visit is one such thing. For use by any thread.
 */
final class Visitors {
    /** Of 100 visits. */
    private static final int PROFILES = 50;

    private static final int TIMELINES = 35;
    private static final int POSTS = 15;

    /** Of 100 timelines read, how many lead to a look at one of the photos. */
    private static final int LOOKS = 50;

    private final DemoClient client;
    private final CallLog log;
    private final List<Long> users;
    private final SamplePhotos photos;

    Visitors(DemoClient client, CallLog log, List<Long> users, SamplePhotos photos) {
        this.client = client;
        this.log = log;
        this.users = users;
        this.photos = photos;
    }

    /** One visit, on this thread. Failed calls go to the log; what depends on them is left out. */
    void visit() {
        Random random = ThreadLocalRandom.current();
        int dice = random.nextInt(PROFILES + TIMELINES + POSTS);
        long user = users.get(random.nextInt(users.size()));
        if (dice < PROFILES) {
            lookAtProfile(user);
        } else if (dice < PROFILES + TIMELINES) {
            readTimeline(user, random);
        } else {
            post(user, random);
        }
    }

    private void lookAtProfile(long user) {
        GetUserRequest request = GetUserRequest.newBuilder().setUserId(user).build();
        log.call(UsersRpc.METHOD_GET_USER, () -> client.users().getUser(request));
    }

    private void readTimeline(long user, Random random) {
        ReadTimelineRequest request =
                ReadTimelineRequest.newBuilder().setUserId(user).build();
        Optional<ReadTimelineResponse> timeline = log.call(
                TimelinesRpc.METHOD_READ_TIMELINE, () -> client.timelines().readTimeline(request));
        List<Post> posts = timeline.map(ReadTimelineResponse::getPostsList).orElseGet(List::of);
        if (!posts.isEmpty() && random.nextInt(100) < LOOKS) {
            lookAtPhoto(posts.get(random.nextInt(posts.size())).getMediaId());
        }
    }

    private void lookAtPhoto(String mediaId) {
        GetPhotoRequest request =
                GetPhotoRequest.newBuilder().setMediaId(mediaId).build();
        Optional<Photo> photo =
                log.call(MediaRpc.METHOD_GET_PHOTO, () -> client.media().getPhoto(request));
        photo.ifPresent(p -> {
            if (p.getContent().size() != p.getInfo().getSizeBytes()) {
                log.report("photo " + mediaId + " came with " + p.getContent().size() + " bytes instead of "
                        + p.getInfo().getSizeBytes());
            }
        });
    }

    /** Uploads a photo and publishes it. */
    void post(long author, Random random) {
        Optional<MediaLimits> limits = log.call(
                MediaRpc.METHOD_GET_LIMITS, () -> client.media().getLimits(GetLimitsRequest.getDefaultInstance()));
        ByteString content = photos.next(random);
        if (limits.isEmpty() || content.size() > limits.get().getMaxPhotoBytes()) {
            return;
        }
        PutPhotoRequest upload = PutPhotoRequest.newBuilder()
                .setContentType("image/jpeg")
                .setContent(content)
                .build();
        Optional<PhotoInfo> info =
                log.call(MediaRpc.METHOD_PUT_PHOTO, () -> client.media().putPhoto(upload));
        if (info.isEmpty()) {
            return;
        }
        PublishRequest publish = PublishRequest.newBuilder()
                .setAuthorId(author)
                .setCaption("Photo of " + content.size() / 1000 + " KB")
                .setMediaId(info.get().getMediaId())
                .setClientToken(info.get().getMediaId())
                .build();
        log.call(TimelinesRpc.METHOD_PUBLISH, () -> client.timelines().publish(publish));
    }
}
