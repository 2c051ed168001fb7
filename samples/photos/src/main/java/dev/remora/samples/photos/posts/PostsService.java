package dev.remora.samples.photos.posts;

import com.google.inject.Inject;
import dev.remora.samples.photos.node.Refusals;
import dev.remora.samples.photos.v1.CreatePostRequest;
import dev.remora.samples.photos.v1.GetPostRequest;
import dev.remora.samples.photos.v1.GetPostsRequest;
import dev.remora.samples.photos.v1.GetPostsResponse;
import dev.remora.samples.photos.v1.Post;
import dev.remora.samples.photos.v1.PostsRpc;
import java.sql.SQLException;

/** The handlers of posts. Each call has a virtual thread of its own, so they simply block. */
final class PostsService extends PostsRpc.ServiceBase {
    private static final int MAX_CAPTION = 500;
    private static final int MAX_ID = 64;
    private static final int MAX_POSTS = 200;

    private final PostsStore store;

    @Inject
    PostsService(PostsStore store) {
        this.store = store;
    }

    @Override
    public Post createPost(CreatePostRequest request) throws SQLException {
        if (request.getAuthorId() <= 0) {
            throw Refusals.invalid("author_id", "must be the id of a user");
        }
        if (request.getCaption().length() > MAX_CAPTION) {
            throw Refusals.invalid("caption", "must have at most " + MAX_CAPTION + " characters");
        }
        requireId("media_id", request.getMediaId());
        requireId("client_token", request.getClientToken());
        return store.create(request, System.currentTimeMillis());
    }

    @Override
    public Post getPost(GetPostRequest request) throws SQLException {
        return store.find(request.getPostId()).orElseThrow(() -> Refusals.missing("post", request.getPostId()));
    }

    @Override
    public GetPostsResponse getPosts(GetPostsRequest request) throws SQLException {
        if (request.getPostIdsCount() > MAX_POSTS) {
            throw Refusals.invalid("post_ids", "must have at most " + MAX_POSTS + " ids");
        }
        return GetPostsResponse.newBuilder()
                .addAllPosts(store.findAll(request.getPostIdsList()))
                .build();
    }

    private static void requireId(String field, String value) {
        if (value.isEmpty() || value.length() > MAX_ID) {
            throw Refusals.invalid(field, "must have 1 to " + MAX_ID + " characters");
        }
    }
}
