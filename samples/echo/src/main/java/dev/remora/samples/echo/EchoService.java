package dev.remora.samples.echo;

import dev.remora.api.CallContext;
import dev.remora.api.Metadata;
import dev.remora.api.RpcException;
import dev.remora.api.Status;
import dev.remora.api.StatusCode;
import dev.remora.api.stub.StreamReader;
import dev.remora.api.stub.StreamWriter;
import dev.remora.samples.echo.v1.CountRequest;
import dev.remora.samples.echo.v1.CountResponse;
import dev.remora.samples.echo.v1.EchoRpc;
import dev.remora.samples.echo.v1.FailDetail;
import dev.remora.samples.echo.v1.FailRequest;
import dev.remora.samples.echo.v1.FailResponse;
import dev.remora.samples.echo.v1.SayRequest;
import dev.remora.samples.echo.v1.SayResponse;
import dev.remora.samples.echo.v1.SleepRequest;
import dev.remora.samples.echo.v1.SleepResponse;
import dev.remora.samples.echo.v1.SumRequest;
import dev.remora.samples.echo.v1.SumResponse;
import java.util.Arrays;
import java.util.Collections;
import java.util.Locale;
import java.util.stream.Collectors;

/** Serves {@code remora.samples.echo.Echo}. */
public final class EchoService extends EchoRpc.ServiceBase {
    private static final int MAX_TIMES = 1000;
    private static final int MAX_SLEEP_MS = 60_000;
    private static final int MAX_COUNT = 1_000_000;
    private static final int MAX_PAUSE_MS = 10_000;
    private static final int NS_PER_US = 1000;

    @Override
    public SayResponse say(SayRequest request) {
        return answer(request);
    }

    @Override
    public SleepResponse sleep(SleepRequest request) throws InterruptedException {
        long startNs = System.nanoTime();
        Thread.sleep(checked("ms", request.getMs(), MAX_SLEEP_MS));
        return SleepResponse.newBuilder()
                .setSleptUs((System.nanoTime() - startNs) / NS_PER_US)
                .build();
    }

    @Override
    public FailResponse fail(FailRequest request) {
        throw Status.of(code(request.getCode()), request.getMessage())
                .withDetail(
                        FailDetail.newBuilder().setAskedFor(request.getCode()).build())
                .asException(Metadata.of(Metadata.Key.text("advice"), "ask for something else"));
    }

    @Override
    public void count(CountRequest request, StreamWriter<CountResponse> responses) throws InterruptedException {
        int to = checked("to", request.getTo(), MAX_COUNT);
        int pauseMs = checked("pause_ms", request.getPauseMs(), MAX_PAUSE_MS);
        for (int number = 1; number <= to; number++) {
            responses.write(CountResponse.newBuilder().setNumber(number).build());
            Thread.sleep(pauseMs);
        }
    }

    @Override
    public SumResponse sum(StreamReader<SumRequest> requests) {
        long sum = 0;
        long count = 0;
        for (SumRequest request : requests) {
            sum += request.getNumber();
            count++;
        }
        return SumResponse.newBuilder().setSum(sum).setCount(count).build();
    }

    @Override
    public void chat(StreamReader<SayRequest> requests, StreamWriter<SayResponse> responses) {
        for (SayRequest request : requests) {
            responses.write(answer(request));
        }
    }

    private static SayResponse answer(SayRequest request) {
        String text = switch (request.getStyle()) {
            case PLAIN -> request.getText();
            case UPPER_CASE -> request.getText().toUpperCase(Locale.ROOT);
            case BACKWARDS -> new StringBuilder(request.getText()).reverse().toString();
            case UNRECOGNIZED ->
                throw new RpcException(
                        StatusCode.INVALID_ARGUMENT, "style " + request.getStyleValue() + " is not known");
        };
        int times = Math.max(1, checked("times", request.getTimes(), MAX_TIMES));
        SayResponse.Builder response =
                SayResponse.newBuilder().setText(String.join(" ", Collections.nCopies(times, text)));
        CallContext.current().map(CallContext::requestMetadata).ifPresent(metadata -> addText(metadata, response));
        return response.build();
    }

    private static void addText(Metadata metadata, SayResponse.Builder response) {
        for (String name : metadata.names()) {
            if (!name.endsWith(Metadata.BINARY_SUFFIX)) {
                response.putMetadata(name, String.join(", ", metadata.getAll(Metadata.Key.text(name))));
            }
        }
    }

    private static StatusCode code(String name) {
        for (StatusCode code : StatusCode.values()) {
            if (code.name().equals(name) && code != StatusCode.OK) {
                return code;
            }
        }
        throw new RpcException(
                StatusCode.INVALID_ARGUMENT,
                "code '" + name + "' is none of "
                        + Arrays.stream(StatusCode.values())
                                .filter(code -> code != StatusCode.OK)
                                .map(StatusCode::name)
                                .collect(Collectors.joining(", ")));
    }

    private static int checked(String field, int value, int max) {
        if (value < 0 || value > max) {
            throw new RpcException(StatusCode.INVALID_ARGUMENT, field + " must be 0 to " + max + ", got " + value);
        }
        return value;
    }
}
