package dev.remora.samples.echo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.remora.api.Metadata;
import dev.remora.api.RpcException;
import dev.remora.api.StatusCode;
import dev.remora.runtime.RemoraChannel;
import dev.remora.runtime.RemoraServer;
import dev.remora.runtime.inprocess.InProcessTransport;
import dev.remora.samples.echo.v1.CountRequest;
import dev.remora.samples.echo.v1.CountResponse;
import dev.remora.samples.echo.v1.EchoRpc;
import dev.remora.samples.echo.v1.FailDetail;
import dev.remora.samples.echo.v1.FailRequest;
import dev.remora.samples.echo.v1.SayRequest;
import dev.remora.samples.echo.v1.SayResponse;
import dev.remora.samples.echo.v1.SleepRequest;
import dev.remora.samples.echo.v1.Style;
import dev.remora.spi.Endpoint;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class EchoServiceTest {
    private final InProcessTransport transport = InProcessTransport.create();
    private final RemoraServer server = RemoraServer.builder(transport)
            .address(Endpoint.parse("echo:0"))
            .service(new EchoService())
            .start();
    private final RemoraChannel channel =
            RemoraChannel.builder(transport).target(server.localAddress()).build();
    private final EchoRpc.BlockingStub echo = EchoRpc.blockingStub(channel);

    @AfterEach
    void end() {
        channel.close();
        server.close();
        transport.close();
    }

    @Test
    void itSaysTheTextAgain() {
        assertThat(echo.say(SayRequest.newBuilder().setText("ab").build()).getText())
                .isEqualTo("ab");
        assertThat(echo.say(SayRequest.newBuilder()
                                .setText("ab")
                                .setTimes(2)
                                .setStyle(Style.BACKWARDS)
                                .build())
                        .getText())
                .isEqualTo("ba ba");
    }

    @Test
    void itSaysWhichMetadataCame() {
        SayResponse said = echo.withMetadata(Metadata.of(Metadata.Key.text("tenant"), "blue"))
                .say(SayRequest.getDefaultInstance());
        assertThat(said.getMetadataMap()).containsEntry("tenant", "blue");
    }

    @Test
    void itTakesItsTime() {
        assertThat(echo.sleep(SleepRequest.newBuilder().setMs(5).build()).getSleptUs())
                .isGreaterThanOrEqualTo(5000);
    }

    @Test
    void itFailsAsItIsTold() {
        RpcException failure = catchThrowableOfType(
                RpcException.class,
                () -> echo.fail(FailRequest.newBuilder()
                        .setCode("NOT_FOUND")
                        .setMessage("gone")
                        .build()));
        assertThat(failure.code()).isEqualTo(StatusCode.NOT_FOUND);
        assertThat(failure.status().message()).isEqualTo("gone");
        assertThat(failure.status().detail(FailDetail.class).orElseThrow().getAskedFor())
                .isEqualTo("NOT_FOUND");
        assertThat(failure.trailers().names()).containsExactly("advice");
    }

    @Test
    void whatIsOutOfBoundsIsRefused() {
        for (Runnable bad : List.<Runnable>of(
                () -> echo.say(SayRequest.newBuilder().setTimes(1001).build()),
                () -> echo.say(SayRequest.newBuilder().setStyleValue(9).build()),
                () -> echo.sleep(SleepRequest.newBuilder().setMs(-1).build()),
                () -> echo.fail(FailRequest.newBuilder().setCode("OK").build()))) {
            assertThat(catchThrowableOfType(RpcException.class, bad::run).code())
                    .isEqualTo(StatusCode.INVALID_ARGUMENT);
        }
    }

    @Test
    void itCounts() throws InterruptedException {
        List<Integer> numbers = new ArrayList<>();
        new EchoService()
                .count(
                        CountRequest.newBuilder().setTo(3).build(),
                        (CountResponse response) -> numbers.add(response.getNumber()));
        assertThat(numbers).containsExactly(1, 2, 3);
    }
}
