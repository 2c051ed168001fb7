package dev.remora.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remora.spi.ClientTransport;
import dev.remora.spi.Endpoint;
import dev.remora.spi.ServerTransport;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class FirstCallTest {
    @ParameterizedTest
    @ValueSource(strings = {"auto", "nio", "epoll"})
    void aMessageGoesThereAndBack(String io) {
        try (TcpTransport transport =
                        TcpTransport.builder().set(TcpSettings.IO, io).build();
                ServerTransport server = transport.listen(Endpoint.parse("127.0.0.1:0"), Echo.INLINE);
                ClientTransport client = transport.connect(server.localAddress())) {
            for (int size : new int[] {0, 1, 32, 8192, 8193, 65_536, 65_537, 1 << 20, 16 << 20}) {
                byte[] request = Answer.pattern(size);
                assertThat(Answer.of(client, request).bytes()).isEqualTo(request);
            }
            assertThat(client.outstanding()).isZero();
        }
    }
}
