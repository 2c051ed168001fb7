package dev.remora.cli.top;

import java.io.IOException;
import java.net.ConnectException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.UnresolvedAddressException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Asks processes for their pages, all at the same time. An answer has {@link #PATIENCE} from the request to its last byte,
 * and at most {@link #MAX_BYTES}. One thread at a time.
 */
final class Inquiry implements AutoCloseable {
    static final int MAX_BYTES = 4 << 20;
    static final Duration PATIENCE = Duration.ofSeconds(2);

    private static final int HTTP_OK = 200;
    private static final int MAX_CAUSES = 8;

    // Redirections are not followed: whoever answers does not choose whom else we ask.
    private final HttpClient client = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER)
            .connectTimeout(PATIENCE)
            .build();

    /** The answers, in the order of the targets; takes at most the patience. */
    List<Answer> ask(List<Target> targets) throws InterruptedException {
        long deadlineNs = System.nanoTime() + PATIENCE.toNanos();
        List<CompletableFuture<Answer>> asked = new ArrayList<>();
        List<CompletableFuture<HttpResponse<byte[]>>> exchanges = new ArrayList<>();
        for (Target target : targets) {
            HttpRequest request = HttpRequest.newBuilder(target.uri()).GET().build();
            CompletableFuture<HttpResponse<byte[]>> exchange =
                    client.sendAsync(request, BodyHandlers.limiting(BodyHandlers.ofByteArray(), MAX_BYTES));
            exchanges.add(exchange);
            // The time is taken when it comes, not when its turn comes to be looked at.
            asked.add(exchange.thenApply(response -> read(response, System.nanoTime())));
        }
        List<Answer> answers = new ArrayList<>();
        try {
            for (CompletableFuture<Answer> each : asked) {
                answers.add(await(each, deadlineNs));
            }
        } finally {
            // Ends what still runs, and costs nothing for what has ended.
            exchanges.forEach(exchange -> exchange.cancel(true));
        }
        return answers;
    }

    private static Answer await(CompletableFuture<Answer> asked, long deadlineNs) throws InterruptedException {
        try {
            return asked.get(Math.max(0, deadlineNs - System.nanoTime()), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            return new Answer.Trouble("no answer within " + PATIENCE.toSeconds() + " s");
        } catch (ExecutionException e) {
            return new Answer.Trouble(why(e));
        }
    }

    private static Answer read(HttpResponse<byte[]> response, long nowNs) {
        if (response.statusCode() != HTTP_OK) {
            return new Answer.Trouble("no metrics there: HTTP status " + response.statusCode());
        }
        Page page = new Page(nowNs, PrometheusText.parse(new String(response.body(), StandardCharsets.UTF_8)));
        return page.isEmpty() ? new Answer.Trouble("no metrics of Remora there") : new Answer.Metrics(page);
    }

    private static String why(Throwable failure) {
        Throwable told = failure;
        for (int depth = 0; depth < MAX_CAUSES; depth++) {
            switch (told) {
                case UnresolvedAddressException e -> {
                    return "cannot be reached: no such host";
                }
                case HttpTimeoutException e -> {
                    return "no answer within " + PATIENCE.toSeconds() + " s";
                }
                default -> {}
            }
            if (told.getCause() == null) {
                break;
            }
            told = told.getCause();
        }
        if (told instanceof ConnectException || told instanceof ClosedChannelException) {
            return "cannot be reached: nobody listens there";
        }
        String message = told.getMessage();
        // The words of BodyHandlers.limiting, which has no exception of its own; with others the row shows them as they
        // are.
        if (told instanceof IOException && message != null && message.contains("exceeds capacity")) {
            return "its answer is longer than " + (MAX_BYTES >> 20) + " MiB";
        }
        return "cannot be read: " + (message == null ? told.getClass().getSimpleName() : message);
    }

    @Override
    public void close() {
        client.shutdownNow();
        client.close();
    }
}
