package dev.remora.tcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.remora.spi.ClientTransport;
import dev.remora.spi.Endpoint;
import dev.remora.spi.ServerTransport;
import dev.remora.spi.TransportException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class FirstCallTest {
    @Test
    void spinningLoopsCarryCalls() {
        echoOverLoopback(TcpTransport.builder()
                .set(TcpSettings.IO, "epoll")
                .set(TcpSettings.SPIN, true)
                .set(TcpSettings.THREADS, 1L));
    }

    @Test
    void ioUringWorksOrSaysWhyNot() {
        TcpTransport.Builder builder = TcpTransport.builder().set(TcpSettings.IO, "io-uring");
        try {
            builder.build().close();
        } catch (TransportException e) {
            assertThat(e.reason()).isEqualTo(TransportException.Reason.UNSUPPORTED);
            assertThat(e).hasMessageContaining("io-uring").hasMessageContaining("tcp.io = auto");
            return;
        }
        echoOverLoopback(builder);
    }

    @Test
    void ipV6AndNamesWork() {
        try (TcpTransport transport = TcpTransport.builder().build();
                ServerTransport server = transport.listen(Endpoint.parse("[::]:0"), Echo.INLINE);
                ClientTransport six = transport.connect(
                        new Endpoint("::1", server.localAddress().port()));
                ClientTransport named = transport.connect(
                        new Endpoint("localhost", server.localAddress().port()))) {
            assertThat(Answer.of(six, new byte[3]).bytes()).hasSize(3);
            assertThat(Answer.of(named, new byte[4]).bytes()).hasSize(4);
        }
    }

    @Test
    void anAddressOfAnotherMachineCannotBeListenedOn() {
        try (TcpTransport transport = TcpTransport.builder().build()) {
            assertThatThrownBy(() -> transport.listen(Endpoint.parse("192.0.2.1:7000"), Echo.INLINE))
                    .isInstanceOfSatisfying(
                            TransportException.class,
                            e -> assertThat(e.reason()).isEqualTo(TransportException.Reason.BIND))
                    .hasMessageContaining("192.0.2.1:7000");
        }
    }

    private static void echoOverLoopback(TcpTransport.Builder builder) {
        try (TcpTransport transport = builder.build();
                ServerTransport server = transport.listen(Endpoint.parse("127.0.0.1:0"), Echo.INLINE);
                ClientTransport client = transport.connect(server.localAddress())) {
            for (int size : new int[] {0, 32, 100_000}) {
                assertThat(Answer.of(client, new byte[size]).bytes()).hasSize(size);
            }
        }
    }

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
