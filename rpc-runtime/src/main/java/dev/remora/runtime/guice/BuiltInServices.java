package dev.remora.runtime.guice;

import com.google.inject.Inject;
import com.google.inject.Provider;
import com.google.protobuf.Descriptors.FileDescriptor;
import dev.remora.api.BindableService;
import dev.remora.runtime.config.RemoraConfig;
import dev.remora.runtime.config.ServerSettings;
import dev.remora.runtime.health.HealthService;
import dev.remora.runtime.introspection.IntrospectionService;
import dev.remora.runtime.introspection.LiveCalls;
import dev.remora.runtime.reflection.ReflectionService;
import dev.remora.spi.SettingValues;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** The services that a node serves beside the application's, as the configuration says. */
final class BuiltInServices {
    private final SettingValues settings;
    private final Provider<HealthService> health;
    private final LiveCalls calls;
    private final Set<FileDescriptor> files;

    @Inject
    BuiltInServices(RemoraConfig config, Provider<HealthService> health, LiveCalls calls, Set<FileDescriptor> files) {
        this.settings = config.server();
        this.health = health;
        this.calls = calls;
        this.files = files;
    }

    List<BindableService> chosen() {
        List<BindableService> chosen = new ArrayList<>();
        if (settings.get(ServerSettings.HEALTH)) {
            chosen.add(health.get());
        }
        if (settings.get(ServerSettings.REFLECTION)) {
            chosen.add(new ReflectionService(files.toArray(new FileDescriptor[0])));
        }
        if (settings.get(ServerSettings.INTROSPECTION)) {
            chosen.add(new IntrospectionService(calls));
        }
        return chosen;
    }
}
