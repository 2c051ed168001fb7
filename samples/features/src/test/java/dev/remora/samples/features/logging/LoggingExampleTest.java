package dev.remora.samples.features.logging;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import dev.remora.runtime.logging.RequestLog;
import dev.remora.samples.features.Output;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class LoggingExampleTest {
    /** Keeps what is logged. */
    private static final class Kept extends AppenderBase<ILoggingEvent> {
        private final List<ILoggingEvent> events = new CopyOnWriteArrayList<>();

        @Override
        protected void append(ILoggingEvent event) {
            event.prepareForDeferredProcessing();
            events.add(event);
        }
    }

    @Test
    void eachCallHasItsLineAndTheHandlersLineItsMethod() throws Exception {
        Logger root = (Logger) LoggerFactory.getLogger("dev.remora");
        Kept kept = new Kept();
        kept.setContext(root.getLoggerContext());
        kept.start();
        root.addAppender(kept);
        try {
            assertThat(Output.of(LoggingExample::run))
                    .containsExactly("Hello, Ada", "Hello, Charles, slowly", "INVALID_ARGUMENT: nobody to greet");
        } finally {
            root.detachAppender(kept);
        }

        List<ILoggingEvent> calls = kept.events.stream()
                .filter(event -> event.getLoggerName().equals(RequestLog.SERVER_LOGGER))
                .toList();
        assertThat(calls)
                .extracting(ILoggingEvent::getFormattedMessage)
                .containsExactly(
                        "remora.samples.features.Greeter/Greet OK",
                        "remora.samples.features.Greeter/Greet OK",
                        "remora.samples.features.Greeter/Greet INVALID_ARGUMENT");
        assertThat(calls.get(1).getLevel()).isEqualTo(Level.WARN);
        assertThat(kept.events)
                .filteredOn(event -> event.getFormattedMessage().equals("taking my time"))
                .singleElement()
                .satisfies(event -> assertThat(event.getMDCPropertyMap())
                        .containsEntry("rpc.method", "remora.samples.features.Greeter/Greet"));
    }
}
