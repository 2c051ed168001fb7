package dev.remora.samples.photos.users;

import com.google.inject.Inject;
import dev.remora.samples.photos.node.Refusals;
import dev.remora.samples.photos.v1.CreateUserRequest;
import dev.remora.samples.photos.v1.FollowRequest;
import dev.remora.samples.photos.v1.FollowResponse;
import dev.remora.samples.photos.v1.GetUserRequest;
import dev.remora.samples.photos.v1.ListFollowersRequest;
import dev.remora.samples.photos.v1.ListFollowersResponse;
import dev.remora.samples.photos.v1.UnfollowRequest;
import dev.remora.samples.photos.v1.UnfollowResponse;
import dev.remora.samples.photos.v1.User;
import dev.remora.samples.photos.v1.UsersRpc;
import java.sql.SQLException;
import java.util.List;
import java.util.regex.Pattern;

/** The handlers of users. Each call has a virtual thread of its own, so they simply block. */
final class UsersService extends UsersRpc.ServiceBase {
    private static final Pattern HANDLE = Pattern.compile("[a-z0-9_]{1,30}");
    private static final int MAX_NAME = 80;
    private static final int MAX_PAGE = 1000;

    private final UsersStore store;

    @Inject
    UsersService(UsersStore store) {
        this.store = store;
    }

    @Override
    public User createUser(CreateUserRequest request) throws SQLException {
        String handle = request.getHandle();
        if (!HANDLE.matcher(handle).matches()) {
            throw Refusals.invalid("handle", "must be 1 to 30 of a-z, 0-9 and _");
        }
        String name = request.getDisplayName().isBlank() ? handle : request.getDisplayName();
        if (name.length() > MAX_NAME) {
            throw Refusals.invalid("display_name", "must have at most " + MAX_NAME + " characters");
        }
        return store.create(handle, name, System.currentTimeMillis())
                .orElseThrow(() -> Refusals.taken("handle", handle));
    }

    @Override
    public User getUser(GetUserRequest request) throws SQLException {
        return store.find(request.getUserId()).orElseThrow(() -> Refusals.missing("user", request.getUserId()));
    }

    @Override
    public FollowResponse follow(FollowRequest request) throws SQLException {
        if (request.getFollowerId() == request.getFolloweeId()) {
            throw Refusals.invalid("followee_id", "must be another user than follower_id");
        }
        requireUser(request.getFollowerId());
        requireUser(request.getFolloweeId());
        long followers = store.follow(request.getFollowerId(), request.getFolloweeId());
        return FollowResponse.newBuilder().setFollowers(followers).build();
    }

    @Override
    public UnfollowResponse unfollow(UnfollowRequest request) throws SQLException {
        long followers = store.unfollow(request.getFollowerId(), request.getFolloweeId());
        return UnfollowResponse.newBuilder().setFollowers(followers).build();
    }

    @Override
    public ListFollowersResponse listFollowers(ListFollowersRequest request) throws SQLException {
        int limit = Refusals.pageSize("page_size", request.getPageSize(), MAX_PAGE, MAX_PAGE);
        List<Long> ids = store.followers(request.getUserId(), request.getAfterId(), limit);
        return ListFollowersResponse.newBuilder()
                .addAllFollowerIds(ids)
                .setNextAfterId(ids.size() < limit ? 0 : ids.getLast())
                .build();
    }

    private void requireUser(long userId) throws SQLException {
        if (!store.exists(userId)) {
            throw Refusals.missing("user", userId);
        }
    }
}
