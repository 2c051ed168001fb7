package dev.remora.samples.photos.demo;

import dev.remora.samples.photos.v1.CreateUserRequest;
import dev.remora.samples.photos.v1.FollowRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Makes the users, who follows whom (a few have most followers, as everywhere), and a photo of each. It also warms the
 * services up, at the pace they can keep.
 */
final class Seeding {
    static final int USERS = 100;
    private static final int FOLLOWS_PER_USER = 10;
    /** Calls at one time. */
    private static final int PARALLEL = 8;

    private Seeding() {}

    /**
     * Returns the ids of the users.
     *
     * @throws IllegalStateException if a call fails
     */
    static List<Long> run(DemoClient client, SamplePhotos photos, long seed) throws InterruptedException {
        try (ExecutorService threads =
                Executors.newFixedThreadPool(PARALLEL, Thread.ofVirtual().factory())) {
            List<Future<Long>> users = new ArrayList<>();
            for (int i = 0; i < USERS; i++) {
                CreateUserRequest request = CreateUserRequest.newBuilder()
                        .setHandle("user_" + i)
                        .setDisplayName("User " + i)
                        .build();
                users.add(
                        threads.submit(() -> client.users().createUser(request).getUserId()));
            }
            List<Long> ids = results(users);
            Random random = new Random(seed);
            List<Future<Long>> follows = new ArrayList<>();
            for (long follower : ids) {
                for (int i = 0; i < FOLLOWS_PER_USER; i++) {
                    // A product of two: low numbers come more often.
                    long followee = ids.get((int) (USERS * random.nextDouble() * random.nextDouble()));
                    if (followee != follower) {
                        FollowRequest request = FollowRequest.newBuilder()
                                .setFollowerId(follower)
                                .setFolloweeId(followee)
                                .build();
                        follows.add(threads.submit(
                                () -> client.users().follow(request).getFollowers()));
                    }
                }
            }
            results(follows);
            CallLog log = new CallLog(null);
            Visitors visitors = new Visitors(client, log, ids, photos);
            List<Future<Long>> posts = new ArrayList<>();
            for (long author : ids) {
                posts.add(threads.submit(() -> {
                    visitors.post(author, ThreadLocalRandom.current());
                    return author;
                }));
            }
            results(posts);
            if (log.unexplained() > 0) {
                throw new IllegalStateException("photos cannot be posted: " + log.examples().getFirst());
            }
            return ids;
        }
    }

    private static List<Long> results(List<Future<Long>> futures) throws InterruptedException {
        List<Long> results = new ArrayList<>();
        for (Future<Long> future : futures) {
            try {
                results.add(future.get());
            } catch (ExecutionException e) {
                Throwable cause = e.getCause() == null ? e : e.getCause();
                throw new IllegalStateException("the system cannot be filled: " + cause.getMessage(), cause);
            }
        }
        return results;
    }
}
