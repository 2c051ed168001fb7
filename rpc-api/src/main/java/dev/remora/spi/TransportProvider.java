package dev.remora.spi;

import java.util.List;

/**
 * Makes a transport out of configuration. Found by {@link java.util.ServiceLoader} or bound in Guice; chosen by the
 * configuration key {@code remora.transport}.
 */
public interface TransportProvider {
    /** Name in configuration: {@code tcp}, {@code homa}, {@code in-process}; lower case. Its settings stand below {@code remora.<name>}. */
    String name();

    /** Every knob of this transport. */
    List<Setting<?>> settings();

    /**
     * Makes the transport and what it shares between all its clients and servers (threads, devices).
     *
     * @throws TransportException if it cannot run here; the message says what is missing and how to mend it
     */
    Transport create(SettingValues values);
}
