package dev.remora.samples.discovery;

import com.google.inject.AbstractModule;
import dev.remora.homa.HomaModule;
import dev.remora.tcp.TcpModule;

/** The transports at choice; {@code remora.transport} says which one runs. */
final class Transports extends AbstractModule {
    @Override
    protected void configure() {
        install(new TcpModule());
        install(new HomaModule());
    }
}
