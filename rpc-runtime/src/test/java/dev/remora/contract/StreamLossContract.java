package dev.remora.contract;

import static dev.remora.contract.StreamRig.BIDI;
import static dev.remora.contract.StreamRig.SERVER;
import static dev.remora.contract.StreamRig.lively;
import static dev.remora.contract.StreamRig.of;
import static dev.remora.contract.StreamRig.patient;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.codahale.metrics.Gauge;
import com.codahale.metrics.MetricRegistry;
import com.google.protobuf.StringValue;
import dev.remora.api.CallContext;
import dev.remora.api.RpcException;
import dev.remora.api.ServerCallHandler;
import dev.remora.api.StatusCode;
import dev.remora.api.stub.BidiStream;
import dev.remora.api.stub.ClientCalls;
import dev.remora.api.stub.ServerCalls;
import dev.remora.runtime.RemoraChannel;
import dev.remora.runtime.RemoraServer;
import dev.remora.runtime.config.DefaultValues;
import dev.remora.runtime.config.StreamSettings;
import dev.remora.runtime.metrics.RpcMetrics;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

/** A peer that is gone is missed, whether its transport tells or not; and a stream of few words is no lost one. */
public interface StreamLossContract extends StreamSubject {
    private static DefaultValues livelyServer() {
        return lively(StreamRig.serverSettings(), StreamSettings.KEEPALIVE, StreamSettings.LEASE);
    }

    private static DefaultValues livelyClient() {
        return lively(StreamRig.clientSettings(), StreamSettings.KEEPALIVE, StreamSettings.LEASE);
    }

    /** Greets, then waits until it is cancelled. */
    private static ServerCallHandler<StringValue, StringValue> waiting(CountDownLatch cancelled) {
        return ServerCalls.bidi((requests, responses) -> {
            CallContext.current().orElseThrow().onCancel(cancelled::countDown);
            responses.write(of("hello"));
            requests.forEach(responses::write);
        });
    }

    private static StatusCode end(BidiStream<?, ?> stream) {
        return catchThrowableOfType(RpcException.class, () -> {
                    while (stream.read() != null) {}
                })
                .code();
    }

    @Test
    default void aServerThatClosesEndsItsStreams() {
        CountDownLatch cancelled = new CountDownLatch(1);
        RemoraServer server = rig().serve(BIDI, waiting(cancelled));
        BidiStream<StringValue, StringValue> stream =
                ClientCalls.blockingBidi(rig().channelTo(server), BIDI, patient());
        assertThat(stream.read()).isEqualTo(of("hello"));
        server.close();
        assertThat(end(stream)).isEqualTo(StatusCode.UNAVAILABLE);
        Patience.await(cancelled, "the handler hears of it");
    }

    @Test
    default void aServersTransportThatClosesEndsItsStreams() {
        CountDownLatch cancelled = new CountDownLatch(1);
        var transport = rig().newTransport();
        RemoraServer server = rig().serve(transport, livelyServer(), StreamRig.service(BIDI, waiting(cancelled)));
        BidiStream<StringValue, StringValue> stream =
                ClientCalls.blockingBidi(rig().channelTo(server), BIDI, patient());
        assertThat(stream.read()).isEqualTo(of("hello"));
        transport.close();
        assertThat(end(stream)).isEqualTo(StatusCode.UNAVAILABLE);
        Patience.await(cancelled, "the handler hears of it");
    }

    @Test
    default void aChannelThatClosesEndsItsStreams() {
        CountDownLatch cancelled = new CountDownLatch(1);
        RemoraServer server = rig().serve(livelyServer(), StreamRig.service(BIDI, waiting(cancelled)));
        RemoraChannel channel = rig().channelTo(server);
        BidiStream<StringValue, StringValue> stream = ClientCalls.blockingBidi(channel, BIDI, patient());
        assertThat(stream.read()).isEqualTo(of("hello"));
        channel.close();
        assertThat(end(stream)).isEqualTo(StatusCode.UNAVAILABLE);
        Patience.await(cancelled, "the handler hears of it");
        assertThat(end(ClientCalls.blockingBidi(channel, BIDI, patient()))).isEqualTo(StatusCode.UNAVAILABLE);
    }

    @Test
    default void aServerThatIsAbsentIsUnavailable() {
        RemoraServer server = rig().serve(BIDI, waiting(new CountDownLatch(1)));
        RemoraChannel channel = rig().channelTo(server);
        server.close();
        assertThat(end(ClientCalls.blockingBidi(channel, BIDI, patient()))).isEqualTo(StatusCode.UNAVAILABLE);
    }

    @Test
    default void aPeerThatGoesSilentIsMissedOnBothSides() {
        CountDownLatch cancelled = new CountDownLatch(1);
        RemoraServer server = rig().serve(livelyServer(), StreamRig.service(BIDI, waiting(cancelled)));
        SeveredTransport wire = new SeveredTransport(rig().newTransport());
        BidiStream<StringValue, StringValue> stream =
                ClientCalls.blockingBidi(rig().channelTo(wire, server, livelyClient()), BIDI, patient());
        assertThat(stream.read()).isEqualTo(of("hello"));
        wire.sever();
        RpcException failure = catchThrowableOfType(RpcException.class, stream::read);
        assertThat(failure.code()).isEqualTo(StatusCode.UNAVAILABLE);
        assertThat(failure.getMessage()).contains("nothing was heard", "remora.client.streams.lease");
        Patience.await(cancelled, "the handler hears of it");
        rig().awaitNoStreams();
    }

    @Test
    default void aClientThatGoesSilentWhileItIsSentToIsMissed() {
        CountDownLatch cancelled = new CountDownLatch(1);
        RemoraServer server = rig().serve(
                        livelyServer(), StreamRig.service(SERVER, ServerCalls.serverStreaming((q, responses) -> {
                            CallContext.current().orElseThrow().onCancel(cancelled::countDown);
                            while (true) {
                                responses.write(of("x".repeat(1000)));
                            }
                        })));
        SeveredTransport wire = new SeveredTransport(rig().newTransport());
        var reader = ClientCalls.blockingServerStreaming(
                rig().channelTo(wire, server, livelyClient()), SERVER, patient(), of("q"));
        assertThat(reader.read()).isNotNull();
        wire.sever();
        Patience.await(cancelled, "the handler hears of it");
        assertThat(catchThrowableOfType(RpcException.class, () -> {
                            while (reader.read() != null) {}
                        })
                        .code())
                .isEqualTo(StatusCode.UNAVAILABLE);
    }

    @Test
    default void aStreamThatIsSilentForLongLives() {
        MetricRegistry registry = new MetricRegistry();
        RemoraServer server = rig().serve(livelyServer(), StreamRig.service(BIDI, waiting(new CountDownLatch(1))));
        RemoraChannel channel = rig().built(RemoraChannel.builder(rig().clientSide())
                .target(server.localAddress())
                .settings(livelyClient())
                .metrics(new RpcMetrics(registry)));
        BidiStream<StringValue, StringValue> stream = ClientCalls.blockingBidi(channel, BIDI, patient());
        assertThat(stream.read()).isEqualTo(of("hello"));
        Patience.until(() -> gauge(registry, "rpcs") > 25, "many keep-alives");
        stream.write(of("still there"));
        assertThat(stream.read()).isEqualTo(of("still there"));
        stream.halfClose();
        assertThat(stream.read()).isNull();
        assertThat(gauge(registry, "peers-lost")).isZero();
    }

    private static long gauge(MetricRegistry registry, String name) {
        Gauge<?> gauge = Objects.requireNonNull(registry.getGauges().get("remora.streams.client." + name));
        return (Long) gauge.getValue();
    }
}
