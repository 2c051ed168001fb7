package dev.remora.samples.photos.timeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import dev.remora.api.CallContext;
import dev.remora.api.Deadline;
import dev.remora.api.RpcException;
import dev.remora.api.StatusCode;
import dev.remora.runtime.RemoraChannel;
import dev.remora.runtime.RemoraServer;
import dev.remora.runtime.inprocess.InProcessTransport;
import dev.remora.samples.photos.node.Refusals;
import dev.remora.samples.photos.node.ServiceConfig;
import dev.remora.samples.photos.node.ServiceNode;
import dev.remora.samples.photos.v1.CreatePostRequest;
import dev.remora.samples.photos.v1.GetPostsRequest;
import dev.remora.samples.photos.v1.GetPostsResponse;
import dev.remora.samples.photos.v1.GetUserRequest;
import dev.remora.samples.photos.v1.ListFollowersRequest;
import dev.remora.samples.photos.v1.ListFollowersResponse;
import dev.remora.samples.photos.v1.MissingResource;
import dev.remora.samples.photos.v1.Post;
import dev.remora.samples.photos.v1.PostsRpc;
import dev.remora.samples.photos.v1.PublishRequest;
import dev.remora.samples.photos.v1.ReadTimelineRequest;
import dev.remora.samples.photos.v1.TimelinesRpc;
import dev.remora.samples.photos.v1.User;
import dev.remora.samples.photos.v1.UsersRpc;
import dev.remora.spi.Endpoint;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The timeline service as it runs, with users and posts whose answers the test chooses. */
@Timeout(60)
class TimelineServiceTest {
    private static final long AUTHOR = 1;
    private static final long SLOW_AUTHOR = 2;
    private static final List<Long> FOLLOWERS = List.of(11L, 12L, 13L, 14L, 15L);

    @TempDir
    private Path directory;

    private final InProcessTransport transport = InProcessTransport.create();
    private final FakeUsers users = new FakeUsers();
    private RemoraServer usersServer;
    private RemoraServer postsServer;
    private ServiceNode node;
    private TimelinesRpc.BlockingStub timelines;

    @BeforeEach
    void start() {
        usersServer = serve(users);
        postsServer = serve(new FakePosts());
        Config config = ConfigFactory.parseMap(Map.of(
                        "remora.transport",
                        "in-process",
                        "remora.server.address",
                        "timeline-test:0",
                        "remora.server.drain-timeout",
                        "0s",
                        "remora.metrics.prometheus.address",
                        "",
                        "remora.clients.users.target",
                        usersServer.localAddress().toString(),
                        "remora.clients.posts.target",
                        postsServer.localAddress().toString(),
                        "photos.data-dir",
                        directory.toString(),
                        // smaller than the number of followers, so that they come in pages
                        "photos.timeline.page-size",
                        2))
                .withFallback(ServiceConfig.shipped("timeline"));
        node = ServiceNode.start(config, new TimelineModule());
        timelines = TimelinesRpc.blockingStub(
                RemoraChannel.builder(transport).target(node.address()).build());
    }

    @AfterEach
    void stop() {
        node.close();
        transport.close();
    }

    private RemoraServer serve(dev.remora.api.BindableService service) {
        return RemoraServer.builder(transport)
                .address(new Endpoint("test", 0))
                .service(service)
                .start();
    }

    private static PublishRequest publish(long author, String token) {
        return PublishRequest.newBuilder()
                .setAuthorId(author)
                .setClientToken(token)
                .setMediaId("m")
                .build();
    }

    private List<Long> timelineOf(long user) {
        return timelines
                .readTimeline(ReadTimelineRequest.newBuilder().setUserId(user).build())
                .getPostsList()
                .stream()
                .map(Post::getPostId)
                .toList();
    }

    @Test
    void pushesAPostToItsAuthorAndToAllPagesOfFollowers() {
        assertThat(timelines.publish(publish(AUTHOR, "a")).getTimelines()).isEqualTo(1 + FOLLOWERS.size());

        for (long user : FOLLOWERS) {
            assertThat(timelineOf(user)).hasSize(1);
        }
        assertThat(timelineOf(AUTHOR)).hasSize(1);
        assertThat(timelineOf(99)).isEmpty();
    }

    @Test
    void readsOnWhereThePageBeforeEnded() {
        timelines.publish(publish(AUTHOR, "a"));
        timelines.publish(publish(AUTHOR, "b"));
        timelines.publish(publish(AUTHOR, "c"));

        var first = timelines.readTimeline(
                ReadTimelineRequest.newBuilder().setUserId(11).setLimit(2).build());
        var second = timelines.readTimeline(ReadTimelineRequest.newBuilder()
                .setUserId(11)
                .setLimit(2)
                .setBeforePostId(first.getNextBeforePostId())
                .build());

        assertThat(first.getPostsCount()).isEqualTo(2);
        assertThat(second.getPostsCount()).isEqualTo(1);
        assertThat(second.getNextBeforePostId()).isZero();
    }

    @Test
    void handsOnThatTheAuthorDoesNotExist() {
        assertThatThrownBy(() -> timelines.publish(publish(404, "a"))).isInstanceOfSatisfying(RpcException.class, e -> {
            assertThat(e.code()).isEqualTo(StatusCode.NOT_FOUND);
            assertThat(e.status().detail(MissingResource.class).orElseThrow().getKind())
                    .isEqualTo("user");
        });
    }

    @Test
    void givesTheDeadlineOfItsOwnCallToTheCallsItMakes() throws Exception {
        timelines.withTimeout(Duration.ofSeconds(30)).publish(publish(AUTHOR, "a"));

        Deadline deadline = users.deadlines.poll(30, TimeUnit.SECONDS);
        assertThat(deadline).isNotNull();
        // The five seconds of its own configuration would hold if the call had no deadline.
        assertThat(deadline.remainingNs()).isLessThanOrEqualTo(TimeUnit.SECONDS.toNanos(30));
    }

    @Test
    void cancelsTheCallsItMadeWhenItsOwnDeadlinePasses() throws Exception {
        assertThatThrownBy(() -> timelines.withTimeout(Duration.ofMillis(300)).publish(publish(SLOW_AUTHOR, "a")))
                .isInstanceOfSatisfying(
                        RpcException.class, e -> assertThat(e.code()).isEqualTo(StatusCode.DEADLINE_EXCEEDED));

        assertThat(users.cancelled.await(30, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void isUnavailableWhileUsersIsAway() {
        usersServer.close();

        assertThatThrownBy(() -> timelines.publish(publish(AUTHOR, "a")))
                .isInstanceOfSatisfying(
                        RpcException.class, e -> assertThat(e.code()).isEqualTo(StatusCode.UNAVAILABLE));
    }

    @Test
    void refusesALimitOutOfBounds() {
        assertThatThrownBy(() -> timelines.readTimeline(
                        ReadTimelineRequest.newBuilder().setLimit(201).build()))
                .isInstanceOfSatisfying(
                        RpcException.class, e -> assertThat(e.code()).isEqualTo(StatusCode.INVALID_ARGUMENT));
    }

    private static final class FakeUsers extends UsersRpc.ServiceBase {
        private final BlockingQueue<Deadline> deadlines = new LinkedBlockingQueue<>();
        private final CountDownLatch cancelled = new CountDownLatch(1);

        @Override
        public User getUser(GetUserRequest request) throws Exception {
            CallContext context = CallContext.current().orElseThrow();
            Deadline deadline = context.deadline();
            if (deadline != null) {
                deadlines.add(deadline);
            }
            if (request.getUserId() == SLOW_AUTHOR) {
                context.onCancel(cancelled::countDown);
                cancelled.await();
            }
            if (request.getUserId() > SLOW_AUTHOR) {
                throw Refusals.missing("user", request.getUserId());
            }
            return User.newBuilder().setUserId(request.getUserId()).build();
        }

        @Override
        public ListFollowersResponse listFollowers(ListFollowersRequest request) {
            List<Long> page = FOLLOWERS.stream()
                    .filter(id -> id > request.getAfterId())
                    .limit(request.getPageSize())
                    .toList();
            return ListFollowersResponse.newBuilder()
                    .addAllFollowerIds(page)
                    .setNextAfterId(page.size() < request.getPageSize() ? 0 : page.getLast())
                    .build();
        }
    }

    private static final class FakePosts extends PostsRpc.ServiceBase {
        private final AtomicLong lastId = new AtomicLong();

        @Override
        public Post createPost(CreatePostRequest request) {
            return Post.newBuilder()
                    .setPostId(lastId.incrementAndGet())
                    .setAuthorId(request.getAuthorId())
                    .build();
        }

        @Override
        public GetPostsResponse getPosts(GetPostsRequest request) {
            return GetPostsResponse.newBuilder()
                    .addAllPosts(request.getPostIdsList().stream()
                            .map(id -> Post.newBuilder().setPostId(id).build())
                            .toList())
                    .build();
        }
    }
}
