package dev.remora.samples.photos.timeline;

import com.google.inject.AbstractModule;
import com.google.inject.Provides;
import com.google.inject.Singleton;
import com.google.inject.multibindings.Multibinder;
import com.typesafe.config.Config;
import dev.remora.api.BindableService;
import dev.remora.runtime.guice.Channels;
import dev.remora.samples.photos.node.Database;
import dev.remora.samples.photos.node.ServiceConfig;
import dev.remora.samples.photos.v1.PostsRpc;
import dev.remora.samples.photos.v1.UsersRpc;

/** Binds the timeline service: its handlers, its database, and the stubs of the services it calls. */
public final class TimelineModule extends AbstractModule {
    @Override
    protected void configure() {
        Multibinder.newSetBinder(binder(), BindableService.class).addBinding().to(TimelineService.class);
    }

    @Provides
    @Singleton
    Database database(Config config) {
        return Database.open(
                ServiceConfig.dataDirectory(config),
                "timeline",
                ServiceConfig.connections(config),
                TimelineStore.SCHEMA);
    }

    @Provides
    @Singleton
    TimelineSettings settings(Config config) {
        return TimelineSettings.of(config);
    }

    /** Where users is, is said by {@code remora.clients.users.target}. */
    @Provides
    @Singleton
    UsersRpc.BlockingStub users(Channels channels) {
        return UsersRpc.blockingStub(channels.channel("users"));
    }

    /** Where posts is, is said by {@code remora.clients.posts.target}. */
    @Provides
    @Singleton
    PostsRpc.BlockingStub posts(Channels channels) {
        return PostsRpc.blockingStub(channels.channel("posts"));
    }
}
