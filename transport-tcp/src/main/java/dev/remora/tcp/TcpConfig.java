package dev.remora.tcp;

import dev.remora.spi.SettingValues;

/** The values of {@link TcpSettings}, read once. Durations in nanoseconds, sizes in bytes. */
record TcpConfig(
        String io,
        int threads,
        boolean spin,
        int connectionsPerPeer,
        int maxMessageBytes,
        long connectTimeoutNs,
        long reconnectInitialNs,
        long reconnectMaxNs,
        long reconnectWaitNs,
        long keepaliveIntervalNs,
        long keepaliveTimeoutNs,
        long frameTimeoutNs,
        long writeStallTimeoutNs,
        int writeHighWaterBytes,
        int clientMaxOutstanding,
        long clientMaxQueuedBytes,
        int serverMaxConnections,
        int serverBacklog,
        int serverMaxInFlight,
        long serverMaxInFlightBytes,
        long assemblyBudgetBytes,
        long drainLingerNs,
        int socketBufferBytes) {

    static TcpConfig of(SettingValues values) {
        int threads = values.getInt(TcpSettings.THREADS);
        return new TcpConfig(
                values.get(TcpSettings.IO),
                threads > 0 ? threads : Math.min(4, Runtime.getRuntime().availableProcessors()),
                values.get(TcpSettings.SPIN),
                values.getInt(TcpSettings.CONNECTIONS_PER_PEER),
                values.getInt(TcpSettings.MAX_MESSAGE),
                values.get(TcpSettings.CONNECT_TIMEOUT),
                values.get(TcpSettings.RECONNECT_INITIAL),
                values.get(TcpSettings.RECONNECT_MAX),
                values.get(TcpSettings.RECONNECT_WAIT),
                values.get(TcpSettings.KEEPALIVE_INTERVAL),
                values.get(TcpSettings.KEEPALIVE_TIMEOUT),
                values.get(TcpSettings.FRAME_TIMEOUT),
                values.get(TcpSettings.WRITE_STALL_TIMEOUT),
                values.getInt(TcpSettings.WRITE_HIGH_WATER),
                values.getInt(TcpSettings.CLIENT_MAX_OUTSTANDING),
                values.get(TcpSettings.CLIENT_MAX_QUEUED),
                values.getInt(TcpSettings.SERVER_MAX_CONNECTIONS),
                values.getInt(TcpSettings.SERVER_BACKLOG),
                values.getInt(TcpSettings.SERVER_MAX_IN_FLIGHT),
                values.get(TcpSettings.SERVER_MAX_IN_FLIGHT_BYTES),
                values.get(TcpSettings.ASSEMBLY_BUDGET),
                values.get(TcpSettings.DRAIN_LINGER),
                values.getInt(TcpSettings.SOCKET_BUFFER));
    }
}
