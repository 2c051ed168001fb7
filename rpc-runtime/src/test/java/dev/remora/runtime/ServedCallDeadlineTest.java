package dev.remora.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remora.api.CallContext;
import dev.remora.api.CallOptions;
import dev.remora.api.Metadata;
import dev.remora.api.RpcException;
import dev.remora.api.Status;
import dev.remora.api.StatusCode;
import dev.remora.api.stub.ClientCalls;
import dev.remora.runtime.envelope.MalformedEnvelopeException;
import dev.remora.runtime.envelope.RequestEnvelope;
import dev.remora.runtime.envelope.ResponseEnvelope;
import dev.remora.runtime.inprocess.InProcessTransport;
import dev.remora.runtime.introspection.LiveCalls;
import dev.remora.spi.ClientTransport;
import dev.remora.spi.MessageBuffer;
import dev.remora.spi.ResponseHandler;
import dev.remora.spi.TransportException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Deadlines that the server's clock alone watches: the client sends its timeout and never gives up itself. */
class ServedCallDeadlineTest {
    private static final long TIMEOUT_US = 20_000;

    private final InProcessTransport transport = InProcessTransport.create();
    private final CompletableFuture<Status> answer = new CompletableFuture<>();

    @Test
    void aPassedDeadlineIsTheAnswerWhateverItMakesTheHandlerFailWith() throws Exception {
        TextService service = new TextService(q -> {
            CountDownLatch cancelled = new CountDownLatch(1);
            CallContext.current().orElseThrow().onCancel(() -> {
                cancelled.countDown();
                // Time enough for the handler to answer first, if it could.
                answer.orTimeout(10, TimeUnit.SECONDS)
                        .handle((status, late) -> status)
                        .join();
            });
            cancelled.await();
            throw new RpcException(StatusCode.CANCELLED, "a call of mine was cancelled");
        });
        try (Served served = new Served(transport, LiveCalls.none(), null, service)) {
            ask(served);

            assertThat(answer.get(30, TimeUnit.SECONDS).code()).isEqualTo(StatusCode.DEADLINE_EXCEEDED);
        }
    }

    @Test
    void whatItCallsRunsOutOfTimeWithIt() throws Exception {
        CompletableFuture<StatusCode> inner = new CompletableFuture<>();
        try (Served silent = new Served(LiveCalls.none(), new TextService(q -> {
            CountDownLatch cancelled = new CountDownLatch(1);
            CallContext.current().orElseThrow().onCancel(cancelled::countDown);
            cancelled.await();
            return q;
        }))) {
            TextService service = new TextService(q -> {
                try {
                    return ClientCalls.blockingUnary(silent.channel(), TextService.METHOD, CallOptions.DEFAULT, q);
                } catch (RpcException e) {
                    inner.complete(e.code());
                    throw e;
                }
            });
            try (Served served = new Served(transport, LiveCalls.none(), null, service)) {
                ask(served);

                assertThat(inner.get(30, TimeUnit.SECONDS)).isEqualTo(StatusCode.DEADLINE_EXCEEDED);
                assertThat(answer.get(30, TimeUnit.SECONDS).code()).isEqualTo(StatusCode.DEADLINE_EXCEEDED);
            }
        }
    }

    private void ask(Served served) {
        byte[] method = TextService.METHOD.fullName().getBytes(StandardCharsets.UTF_8);
        ClientTransport client = transport.connect(served.server().localAddress());
        MessageBuffer request = client.allocate(RequestEnvelope.size(TIMEOUT_US, method, Metadata.EMPTY));
        RequestEnvelope.write(request.bytes(), TIMEOUT_US, method, Metadata.EMPTY);
        client.call(request, 0, new ResponseHandler() {
            @Override
            public void onResponse(MessageBuffer response) {
                try {
                    answer.complete(
                            ResponseEnvelope.read(response.bytes(), 1024).status());
                } catch (MalformedEnvelopeException e) {
                    answer.completeExceptionally(e);
                } finally {
                    response.release();
                }
            }

            @Override
            public void onFailure(TransportException failure) {
                answer.completeExceptionally(failure);
            }
        });
    }
}
