package dev.remora.samples.photos.users;

import com.google.inject.AbstractModule;
import com.google.inject.Provides;
import com.google.inject.Singleton;
import com.google.inject.multibindings.Multibinder;
import com.typesafe.config.Config;
import dev.remora.api.BindableService;
import dev.remora.samples.photos.node.Database;
import dev.remora.samples.photos.node.ServiceConfig;

/** Binds the users service: its handlers and its database. */
public final class UsersModule extends AbstractModule {
    @Override
    protected void configure() {
        Multibinder.newSetBinder(binder(), BindableService.class).addBinding().to(UsersService.class);
    }

    @Provides
    @Singleton
    Database database(Config config) {
        return Database.open(
                ServiceConfig.dataDirectory(config), "users", ServiceConfig.connections(config), UsersStore.SCHEMA);
    }
}
