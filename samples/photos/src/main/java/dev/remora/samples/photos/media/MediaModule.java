package dev.remora.samples.photos.media;

import com.google.inject.AbstractModule;
import com.google.inject.Provides;
import com.google.inject.Singleton;
import com.google.inject.multibindings.Multibinder;
import com.typesafe.config.Config;
import dev.remora.api.BindableService;
import dev.remora.samples.photos.node.Database;
import dev.remora.samples.photos.node.ServiceConfig;
import java.io.IOException;
import java.sql.SQLException;

/** Binds the media service: its handlers, its database and its files. */
public final class MediaModule extends AbstractModule {
    @Override
    protected void configure() {
        Multibinder.newSetBinder(binder(), BindableService.class).addBinding().to(MediaService.class);
    }

    @Provides
    @Singleton
    Database database(Config config) {
        return Database.open(
                ServiceConfig.dataDirectory(config), "media", ServiceConfig.connections(config), MediaStore.SCHEMA);
    }

    @Provides
    @Singleton
    MediaSettings settings(Config config) {
        return MediaSettings.of(config);
    }

    @Provides
    @Singleton
    MediaStore store(Config config, Database database, MediaSettings settings) throws IOException, SQLException {
        return MediaStore.open(
                database, ServiceConfig.dataDirectory(config).resolve("photos"), settings.maxTotalBytes());
    }
}
