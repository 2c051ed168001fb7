package dev.remora.runtime.guice;

import dev.remora.api.ClientInterceptor;
import dev.remora.api.ServerInterceptor;
import dev.remora.runtime.config.LoggingSettings;
import dev.remora.runtime.logging.CallMdc;
import dev.remora.runtime.logging.RequestLog;
import dev.remora.spi.SettingValues;
import java.util.ArrayList;
import java.util.List;

/** The interceptors that the configuration asks for. */
final class CallLogging {
    private CallLogging() {}

    /** Those of a server, outside of the application's: what these refuse is logged too. */
    static List<ServerInterceptor> ofServer(SettingValues logging) {
        List<ServerInterceptor> chosen = new ArrayList<>();
        if (isOn(logging, "server")) {
            chosen.add(RequestLog.of(logging));
        }
        if (logging.get(LoggingSettings.MDC)) {
            chosen.add(new CallMdc());
        }
        return chosen;
    }

    /** Those of channels, inside of the application's: what is logged is what is sent. */
    static List<ClientInterceptor> ofClient(SettingValues logging) {
        return isOn(logging, "client") ? List.of(RequestLog.of(logging)) : List.of();
    }

    private static boolean isOn(SettingValues logging, String side) {
        String requests = logging.get(LoggingSettings.REQUESTS);
        return requests.equals(side) || requests.equals("both");
    }
}
