package dev.remora.samples.photos.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import dev.remora.api.RpcException;
import dev.remora.api.StatusCode;
import dev.remora.samples.photos.v1.CreateUserRequest;
import dev.remora.samples.photos.v1.FollowRequest;
import dev.remora.samples.photos.v1.GetLimitsRequest;
import dev.remora.samples.photos.v1.GetPhotoRequest;
import dev.remora.samples.photos.v1.GetUserRequest;
import dev.remora.samples.photos.v1.InvalidField;
import dev.remora.samples.photos.v1.MissingResource;
import dev.remora.samples.photos.v1.Post;
import dev.remora.samples.photos.v1.PublishRequest;
import dev.remora.samples.photos.v1.PutPhotoRequest;
import dev.remora.samples.photos.v1.ReadTimelineRequest;
import dev.remora.samples.photos.v1.TakenName;
import dev.remora.samples.photos.v1.User;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** All four services together, over the in-process transport. */
@Timeout(60)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class FeedTest {
    private OneProcess system;
    private DemoClient client;

    @BeforeAll
    void start(@TempDir Path directory) {
        system = OneProcess.start("in-process", directory);
        client = DemoClient.connect("in-process", system.addresses());
    }

    @AfterAll
    void stop() {
        client.close();
        system.close();
    }

    private User user(String handle) {
        return client.users()
                .createUser(CreateUserRequest.newBuilder().setHandle(handle).build());
    }

    private static void assertFails(StatusCode code, ThrowingCallable call, Consumer<RpcException> more) {
        assertThatThrownBy(call).isInstanceOfSatisfying(RpcException.class, e -> {
            assertThat(e.code()).isEqualTo(code);
            more.accept(e);
        });
    }

    @Test
    void bringsAPhotoFromItsAuthorToAFollower() {
        User author = user("author");
        User follower = user("follower");
        client.users()
                .follow(FollowRequest.newBuilder()
                        .setFollowerId(follower.getUserId())
                        .setFolloweeId(author.getUserId())
                        .build());
        ByteString content = new SamplePhotos(1).next(new Random(1));

        String mediaId = client.media()
                .putPhoto(PutPhotoRequest.newBuilder()
                        .setContentType("image/jpeg")
                        .setContent(content)
                        .build())
                .getMediaId();
        Post post = client.timelines()
                .publish(PublishRequest.newBuilder()
                        .setAuthorId(author.getUserId())
                        .setCaption("Sea")
                        .setMediaId(mediaId)
                        .setClientToken("1")
                        .build())
                .getPost();

        List<Post> seen = client.timelines()
                .readTimeline(ReadTimelineRequest.newBuilder()
                        .setUserId(follower.getUserId())
                        .build())
                .getPostsList();
        assertThat(seen).containsExactly(post);
        assertThat(client.media()
                        .getPhoto(GetPhotoRequest.newBuilder()
                                .setMediaId(seen.getFirst().getMediaId())
                                .build())
                        .getContent())
                .isEqualTo(content);
    }

    @Test
    void saysWhichUserIsMissing() {
        assertFails(
                StatusCode.NOT_FOUND,
                () -> client.users()
                        .getUser(GetUserRequest.newBuilder().setUserId(987_654).build()),
                e -> assertThat(e.status().detail(MissingResource.class).orElseThrow())
                        .isEqualTo(MissingResource.newBuilder()
                                .setKind("user")
                                .setId("987654")
                                .build()));
    }

    @Test
    void saysWhichHandleIsTaken() {
        user("twice");

        assertFails(
                StatusCode.ALREADY_EXISTS,
                () -> user("twice"),
                e -> assertThat(e.status().detail(TakenName.class).orElseThrow().getValue())
                        .isEqualTo("twice"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "Upper", "with space", "a234567890123456789012345678901"})
    void saysWhatAHandleMustBe(String handle) {
        assertFails(
                StatusCode.INVALID_ARGUMENT,
                () -> user(handle),
                e -> assertThat(e.status()
                                .detail(InvalidField.class)
                                .orElseThrow()
                                .getField())
                        .isEqualTo("handle"));
    }

    @Test
    void takesPhotosUpToTheLimitItTells() {
        int limit = Math.toIntExact(
                client.media().getLimits(GetLimitsRequest.getDefaultInstance()).getMaxPhotoBytes());
        PutPhotoRequest.Builder request = PutPhotoRequest.newBuilder().setContentType("image/png");

        assertThat(client.media()
                        .putPhoto(request.setContent(ByteString.copyFrom(new byte[limit]))
                                .build())
                        .getSizeBytes())
                .isEqualTo(limit);
        assertFails(
                StatusCode.INVALID_ARGUMENT,
                () -> client.media()
                        .putPhoto(request.setContent(ByteString.copyFrom(new byte[limit + 1]))
                                .build()),
                e -> assertThat(e.status().message()).contains(Integer.toString(limit)));
    }

    @Test
    void takesNoMediaIdThatIsAPath() {
        assertFails(
                StatusCode.INVALID_ARGUMENT,
                () -> client.media()
                        .getPhoto(GetPhotoRequest.newBuilder()
                                .setMediaId("../../etc/passwd")
                                .build()),
                e -> assertThat(e.status().message()).contains("hexadecimal"));
    }
}
