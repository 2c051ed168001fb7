package dev.remora.samples.photos.posts;

import dev.remora.samples.photos.node.ServiceCommand;

/** Runs the posts service alone. */
public final class PostsMain {
    private PostsMain() {}

    public static void main(String[] args) {
        System.exit(ServiceCommand.run("posts", new PostsModule(), args));
    }
}
