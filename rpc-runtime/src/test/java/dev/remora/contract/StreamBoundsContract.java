package dev.remora.contract;

import static dev.remora.contract.StreamRig.BIDI;
import static dev.remora.contract.StreamRig.SERVER;
import static dev.remora.contract.StreamRig.of;
import static dev.remora.contract.StreamRig.patient;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.protobuf.StringValue;
import dev.remora.api.BindableService;
import dev.remora.api.Metadata;
import dev.remora.api.RetryMetadata;
import dev.remora.api.RpcException;
import dev.remora.api.StatusCode;
import dev.remora.api.stub.BidiStream;
import dev.remora.api.stub.ClientCalls;
import dev.remora.api.stub.ServerCalls;
import dev.remora.runtime.RemoraChannel;
import dev.remora.runtime.RemoraServer;
import dev.remora.runtime.config.ClientSettings;
import dev.remora.runtime.config.ServerSettings;
import dev.remora.runtime.config.StreamSettings;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What is beyond a bound is refused in plain words that name the knob, and what is within it goes on. */
public interface StreamBoundsContract extends StreamSubject {
    private static BindableService echo() {
        return StreamRig.service(BIDI, ServerCalls.bidi((requests, responses) -> {
            for (StringValue request : requests) {
                responses.write(request);
            }
        }));
    }

    private static BidiStream<StringValue, StringValue> open(RemoraChannel channel) {
        return ClientCalls.blockingBidi(channel, BIDI, patient());
    }

    private static void echoes(BidiStream<StringValue, StringValue> stream) {
        stream.write(of("are you there"));
        assertThat(stream.read()).isEqualTo(of("are you there"));
    }

    private static RpcException isRefused(BidiStream<StringValue, StringValue> stream, String knob) {
        RpcException failure = catchThrowableOfType(RpcException.class, stream::read);
        assertThat(failure.code()).isEqualTo(StatusCode.RESOURCE_EXHAUSTED);
        assertThat(failure.getMessage()).contains(knob);
        return failure;
    }

    private static void isNotSeen(RpcException refusal) {
        assertThat(refusal.trailers().get(RetryMetadata.REFUSED))
                .as("no handler has seen it")
                .isEqualTo("streams");
    }

    @Test
    default void aChannelHasABoundOfStreams() {
        RemoraServer server = rig().serve(StreamRig.serverSettings(), echo());
        RemoraChannel channel =
                rig().channelTo(server, StreamRig.clientSettings().with(StreamSettings.MAX_OPEN, 3L));
        List<BidiStream<StringValue, StringValue>> open = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            open.add(open(channel));
            echoes(open.get(i));
        }
        isRefused(open(channel), "remora.client.streams.max-open");
        open.forEach(StreamBoundsContract::echoes);
        open.get(0).close();
        BidiStream<StringValue, StringValue> next = open(channel);
        echoes(next);
        next.close();
        open.forEach(BidiStream::close);
    }

    @Test
    default void aServerHasABoundOfStreamsAndOneOfEachClients() {
        RemoraServer server = rig().serve(
                        StreamRig.serverSettings()
                                .with(StreamSettings.SERVER_MAX_OPEN, 3L)
                                .with(StreamSettings.MAX_OPEN_PER_CLIENT, 2L),
                        echo());
        RemoraChannel one = rig().channelTo(server);
        RemoraChannel other = rig().channelTo(server);
        List<BidiStream<StringValue, StringValue>> open = new ArrayList<>(List.of(open(one), open(one)));
        open.forEach(StreamBoundsContract::echoes);
        isNotSeen(isRefused(open(one), "remora.server.streams.max-open-per-client"));
        open.add(open(other));
        echoes(open.get(2));
        isNotSeen(isRefused(open(other), "remora.server.streams.max-open allows"));
        open.forEach(StreamBoundsContract::echoes);
        open.get(0).halfClose();
        assertThat(open.get(0).read()).isNull();
        Patience.until(() -> server.openStreams() == 2, "the stream has ended at the server");
        open.set(0, open(other));
        echoes(open.get(0));
        open.forEach(BidiStream::close);
    }

    @Test
    default void streamsCountAsCallsInProgress() {
        RemoraServer server = rig().serve(StreamRig.serverSettings(), echo());
        BidiStream<StringValue, StringValue> stream = open(rig().channelTo(server));
        echoes(stream);
        assertThat(server.callsInProgress()).isEqualTo(1);
        assertThat(server.openStreams()).isEqualTo(1);
        stream.halfClose();
        assertThat(stream.read()).isNull();
        Patience.until(() -> server.callsInProgress() == 0, "the call has ended");
    }

    @Test
    default void messagesThatAreTooLargeEndTheStream() {
        String large = "x".repeat(2000);
        RemoraServer strict =
                rig().serve(StreamRig.serverSettings().with(ServerSettings.MAX_REQUEST_BYTES, 1000L), echo());
        BidiStream<StringValue, StringValue> toStrict = open(rig().channelTo(strict));
        echoes(toStrict);
        toStrict.write(of(large));
        isRefused(toStrict, "remora.server.max-request-bytes");

        RemoraServer shy =
                rig().serve(StreamRig.serverSettings().with(ServerSettings.MAX_RESPONSE_BYTES, 1000L), echo());
        BidiStream<StringValue, StringValue> toShy = open(rig().channelTo(shy));
        echoes(toShy);
        toShy.write(of(large));
        isRefused(toShy, "remora.server.max-response-bytes");

        RemoraServer server = rig().serve(StreamRig.serverSettings(), echo());
        BidiStream<StringValue, StringValue> sending =
                open(rig().channelTo(server, StreamRig.clientSettings().with(ClientSettings.MAX_REQUEST_BYTES, 1000L)));
        echoes(sending);
        RpcException failure = catchThrowableOfType(RpcException.class, () -> {
            sending.write(of(large));
            sending.write(of("never"));
        });
        assertThat(failure.getMessage()).contains("RESOURCE_EXHAUSTED", "remora.client.max-request-bytes");

        BidiStream<StringValue, StringValue> receiving = open(
                rig().channelTo(server, StreamRig.clientSettings().with(ClientSettings.MAX_RESPONSE_BYTES, 1000L)));
        echoes(receiving);
        receiving.write(of(large));
        isRefused(receiving, "remora.client.max-response-bytes");
    }

    @Test
    default void metadataThatIsTooLargeEndsTheStream() {
        Metadata.Key<String> key = Metadata.Key.text("k");
        Metadata large = Metadata.of(key, "x".repeat(10_000));
        RemoraServer server = rig().serve(
                        StreamRig.serverSettings(),
                        StreamRig.service(SERVER, ServerCalls.serverStreaming((q, responses) -> {
                            if (q.getValue().equals("headers")) {
                                dev.remora.api.CallContext.current()
                                        .orElseThrow()
                                        .addResponseMetadata(large);
                            }
                            responses.write(q);
                            if (q.getValue().equals("trailers")) {
                                throw dev.remora.api.Status.of(StatusCode.ABORTED, "with them")
                                        .asException(large);
                            }
                        })));
        RemoraChannel channel = rig().channelTo(server);
        for (String where : List.of("headers", "trailers")) {
            RpcException failure = catchThrowableOfType(
                    RpcException.class,
                    () -> ClientCalls.blockingServerStreaming(channel, SERVER, patient(), of(where))
                            .forEach(m -> assertThat(m).isEqualTo(of(where))));
            // An error is worth more than the trailers that are too large to go with it.
            assertThat(failure.code())
                    .as(where)
                    .isEqualTo(where.equals("headers") ? StatusCode.RESOURCE_EXHAUSTED : StatusCode.ABORTED);
            assertThat(failure.getMessage()).contains("remora.server.max-metadata-bytes");
        }
        RpcException failure = catchThrowableOfType(
                RpcException.class,
                () -> ClientCalls.blockingServerStreaming(
                                channel, SERVER, patient().withMetadata(large), of("q"))
                        .read());
        assertThat(failure.getMessage()).contains("RESOURCE_EXHAUSTED", "remora.client.max-metadata-bytes");
    }
}
