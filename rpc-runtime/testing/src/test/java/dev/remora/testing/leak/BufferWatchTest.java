package dev.remora.testing.leak;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.remora.runtime.inprocess.InProcessTransport;
import dev.remora.spi.Endpoint;
import dev.remora.spi.MessageBuffer;
import dev.remora.spi.Transport;
import org.junit.jupiter.api.Test;

class BufferWatchTest {
    private final BufferWatch watch = new BufferWatch();

    @Test
    void aBufferThatNobodyReleasesIsMissedWithItsOrigin() {
        try (Transport transport = watch.around(InProcessTransport.create());
                var client = transport.connect(new Endpoint("nobody", 1))) {
            MessageBuffer kept = client.allocate(7);
            client.allocate(8).release();
            assertThat(watch.inUse()).isEqualTo(1);
            assertThat(watch.origins()).singleElement().satisfies(origin -> {
                assertThat(origin).hasMessageContaining("7 bytes").hasMessageContaining("allocated for a request");
                assertThat(origin.getStackTrace())
                        .anyMatch(frame -> frame.getClassName().equals(BufferWatchTest.class.getName()));
            });
            kept.release();
            assertThat(watch.inUse()).isZero();
        }
    }

    @Test
    void useAfterReleaseAndASecondReleaseAreErrorsThatShowTheFirst() {
        try (Transport transport = watch.around(InProcessTransport.create());
                var client = transport.connect(new Endpoint("nobody", 1))) {
            MessageBuffer buffer = client.allocate(1);
            buffer.release();
            assertThatThrownBy(buffer::bytes)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("used after")
                    .hasRootCauseMessage("the buffer was released here");
            assertThatThrownBy(buffer::release).hasMessageContaining("second time");
        }
    }
}
