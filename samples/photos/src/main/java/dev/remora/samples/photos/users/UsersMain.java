package dev.remora.samples.photos.users;

import dev.remora.samples.photos.node.ServiceCommand;

/** Runs the users service alone. */
public final class UsersMain {
    private UsersMain() {}

    public static void main(String[] args) {
        System.exit(ServiceCommand.run("users", new UsersModule(), args));
    }
}
