package dev.remora.samples.photos.timeline;

import com.google.inject.Inject;
import dev.remora.samples.photos.node.Refusals;
import dev.remora.samples.photos.v1.CreatePostRequest;
import dev.remora.samples.photos.v1.GetPostsRequest;
import dev.remora.samples.photos.v1.GetUserRequest;
import dev.remora.samples.photos.v1.ListFollowersRequest;
import dev.remora.samples.photos.v1.ListFollowersResponse;
import dev.remora.samples.photos.v1.Post;
import dev.remora.samples.photos.v1.PostsRpc;
import dev.remora.samples.photos.v1.PublishRequest;
import dev.remora.samples.photos.v1.PublishResponse;
import dev.remora.samples.photos.v1.ReadTimelineRequest;
import dev.remora.samples.photos.v1.ReadTimelineResponse;
import dev.remora.samples.photos.v1.TimelinesRpc;
import dev.remora.samples.photos.v1.UsersRpc;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/**
 * The handlers of timelines. The calls they make to users and posts inherit the deadline of the call that is being served
 * and are cancelled with it; what those services refuse, such as an unknown author, goes to the client as it is.
 */
final class TimelineService extends TimelinesRpc.ServiceBase {
    private static final int DEFAULT_LIMIT = 20;
    private static final int MAX_LIMIT = 200;

    private final UsersRpc.BlockingStub users;
    private final PostsRpc.BlockingStub posts;
    private final TimelineStore store;
    private final int pageSize;

    @Inject
    TimelineService(
            UsersRpc.BlockingStub users, PostsRpc.BlockingStub posts, TimelineStore store, TimelineSettings settings) {
        this.users = users;
        this.posts = posts;
        this.store = store;
        this.pageSize = settings.pageSize();
    }

    @Override
    public PublishResponse publish(PublishRequest request) throws SQLException {
        long author = request.getAuthorId();
        users.getUser(GetUserRequest.newBuilder().setUserId(author).build());
        Post post = posts.createPost(CreatePostRequest.newBuilder()
                .setAuthorId(author)
                .setCaption(request.getCaption())
                .setMediaId(request.getMediaId())
                .setClientToken(request.getClientToken())
                .build());
        // If the rest fails, the client repeats the call with its token: it gets the same post, and pushing it again
        // does no harm.
        int timelines = pushToAuthorAndFollowers(post);
        return PublishResponse.newBuilder()
                .setPost(post)
                .setTimelines(timelines)
                .build();
    }

    private int pushToAuthorAndFollowers(Post post) throws SQLException {
        int pushed = 0;
        long after = 0;
        do {
            ListFollowersResponse page = users.listFollowers(ListFollowersRequest.newBuilder()
                    .setUserId(post.getAuthorId())
                    .setPageSize(pageSize)
                    .setAfterId(after)
                    .build());
            List<Long> readers = new ArrayList<>(page.getFollowerIdsList());
            if (after == 0) {
                readers.add(post.getAuthorId());
            }
            store.push(post.getPostId(), readers);
            pushed += readers.size();
            after = page.getNextAfterId();
        } while (after != 0);
        return pushed;
    }

    @Override
    public ReadTimelineResponse readTimeline(ReadTimelineRequest request) throws SQLException {
        int limit = Refusals.pageSize("limit", request.getLimit(), DEFAULT_LIMIT, MAX_LIMIT);
        if (request.getBeforePostId() < 0) {
            throw Refusals.invalid("before_post_id", "must not be negative");
        }
        List<Long> ids = store.newest(request.getUserId(), request.getBeforePostId(), limit);
        if (ids.isEmpty()) {
            return ReadTimelineResponse.getDefaultInstance();
        }
        List<Post> found = posts.getPosts(
                        GetPostsRequest.newBuilder().addAllPostIds(ids).build())
                .getPostsList();
        return ReadTimelineResponse.newBuilder()
                .addAllPosts(found)
                .setNextBeforePostId(ids.size() < limit ? 0 : ids.getLast())
                .build();
    }
}
