package dev.remora.contract;

import static dev.remora.contract.StreamRig.BIDI;
import static dev.remora.contract.StreamRig.of;
import static dev.remora.contract.StreamRig.patient;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.protobuf.StringValue;
import dev.remora.api.CallContext;
import dev.remora.api.MethodDescriptor.Shape;
import dev.remora.api.RetryMetadata;
import dev.remora.api.RpcException;
import dev.remora.api.StatusCode;
import dev.remora.api.stub.BidiStream;
import dev.remora.api.stub.ClientCalls;
import dev.remora.api.stub.ServerCalls;
import dev.remora.runtime.RemoraChannel;
import dev.remora.runtime.RemoraServer;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

/** A server that goes down lets streams end by themselves for as long as it is given, and tells those that do not. */
public interface StreamDrainContract extends StreamSubject {
    @Test
    default void aDrainingServerGoesOnWithItsStreamsAndTakesNothingNew() throws Exception {
        var unary = StreamRig.text("Unary", Shape.UNARY);
        RemoraServer server = rig().serve(
                        StreamRig.serverSettings(),
                        StreamRig.service(unary, ServerCalls.unary(q -> q)),
                        StreamRig.service(BIDI, ServerCalls.bidi((requests, responses) -> {
                            for (StringValue request : requests) {
                                responses.write(request);
                            }
                        })));
        RemoraChannel channel = rig().channelTo(server);
        BidiStream<StringValue, StringValue> stream = ClientCalls.blockingBidi(channel, BIDI, patient());
        stream.write(of(0));
        assertThat(stream.read()).isEqualTo(of(0));
        CompletableFuture<Boolean> drained = new CompletableFuture<>();
        rig().start(() -> drained.complete(server.drain(Duration.ofSeconds(Patience.BOUND_S))));
        Patience.until(() -> refused(channel), "new streams are refused");
        RpcException failure = catchThrowableOfType(
                RpcException.class, () -> ClientCalls.blockingUnary(channel, unary, patient(), of("q")));
        assertThat(failure.code()).isEqualTo(StatusCode.UNAVAILABLE);
        for (int i = 1; i < 200; i++) {
            stream.write(of(i));
            assertThat(stream.read()).isEqualTo(of(i));
        }
        assertThat(drained).isNotDone();
        stream.halfClose();
        assertThat(stream.read()).isNull();
        assertThat(Patience.await(drained, "the drain")).isTrue();
    }

    private static boolean refused(RemoraChannel channel) {
        BidiStream<StringValue, StringValue> late = ClientCalls.blockingBidi(channel, BIDI, patient());
        try {
            late.write(of("late"));
            assertThat(late.read()).isEqualTo(of("late"));
            late.close();
            return false;
        } catch (RpcException e) {
            assertThat(e.code()).isEqualTo(StatusCode.UNAVAILABLE);
            assertThat(e.trailers().get(RetryMetadata.REFUSED))
                    .as("no handler has seen it")
                    .isEqualTo("draining");
            return true;
        }
    }

    @Test
    default void streamsThatDoNotEndInTimeAreToldWhy() throws Exception {
        CountDownLatch cancelled = new CountDownLatch(1);
        RemoraServer server = rig().serve(BIDI, ServerCalls.bidi((requests, responses) -> {
            CallContext.current().orElseThrow().onCancel(cancelled::countDown);
            responses.write(of("hello"));
            requests.read();
        }));
        BidiStream<StringValue, StringValue> stream =
                ClientCalls.blockingBidi(rig().channelTo(server), BIDI, patient());
        assertThat(stream.read()).isEqualTo(of("hello"));
        server.drain(Duration.ofMillis(50));
        RpcException failure = catchThrowableOfType(RpcException.class, stream::read);
        assertThat(failure.code()).isEqualTo(StatusCode.UNAVAILABLE);
        Patience.await(cancelled, "the handler hears of it");
    }

    @Test
    default void aServerWithoutStreamsDrainsAtOnce() throws Exception {
        RemoraServer server = rig().serve(BIDI, ServerCalls.bidi((requests, responses) -> {}));
        BidiStream<StringValue, StringValue> stream =
                ClientCalls.blockingBidi(rig().channelTo(server), BIDI, patient());
        assertThat(stream.read()).isNull();
        Patience.until(() -> server.openStreams() == 0, "the stream has ended at the server");
        assertThat(server.drain(Duration.ofSeconds(Patience.BOUND_S))).isTrue();
    }
}
