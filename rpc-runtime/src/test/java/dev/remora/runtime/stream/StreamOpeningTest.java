package dev.remora.runtime.stream;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.StringValue;
import dev.remora.api.CallOptions;
import dev.remora.api.ClientCall;
import dev.remora.api.Metadata;
import dev.remora.api.MethodDescriptor;
import dev.remora.api.MethodDescriptor.Shape;
import dev.remora.api.RetryMetadata;
import dev.remora.api.Status;
import dev.remora.api.StatusCode;
import dev.remora.contract.Patience;
import dev.remora.runtime.RemoraChannel;
import dev.remora.runtime.balance.BalanceSettings;
import dev.remora.runtime.config.ClientSettings;
import dev.remora.runtime.config.DefaultValues;
import dev.remora.runtime.envelope.StreamRequest;
import dev.remora.runtime.envelope.StreamResponse;
import dev.remora.runtime.stream.NotedTransport.Sent;
import dev.remora.spi.TransportException.Reason;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** An opening that fails, and what was sent along with it, in every order in which that can become known. */
class StreamOpeningTest {
    private static final MethodDescriptor<StringValue, StringValue> BIDI = MethodDescriptor.protobuf(
            "test.Streams",
            "Bidi",
            Shape.BIDI_STREAMING,
            StringValue.getDefaultInstance(),
            StringValue.getDefaultInstance());
    private static final StreamResponse TAKEN = new StreamResponse(0, 65_536, 1, 0, null, null, Metadata.EMPTY);
    private static final StreamResponse FIRST_SEGMENT =
            new StreamResponse(StreamResponse.SEGMENT, 65_536, 1, 0, null, null, Metadata.EMPTY);
    private static final StreamResponse GONE =
            new StreamResponse(StreamResponse.GONE, 0, 0, 0, null, null, Metadata.EMPTY);
    private static final Metadata REFUSED = Metadata.of(RetryMetadata.REFUSED, "test");
    private static final Status DRAINING = Status.of(StatusCode.UNAVAILABLE, "draining");

    private final NotedTransport transport = new NotedTransport();
    private final RemoraChannel channel = RemoraChannel.builder(transport)
            .target("one:1,other:1")
            .settings(DefaultValues.of(ClientSettings.ALL).with(BalanceSettings.POLICY, "first-ready"))
            .build();
    private final List<String> received = new CopyOnWriteArrayList<>();
    private volatile @Nullable Status end;

    @AfterEach
    void close() {
        channel.close();
        end();
    }

    private Status end() {
        Patience.until(() -> end != null, "the end of the call");
        return Objects.requireNonNull(end);
    }

    /** Sends these messages. The first one leaves with the opening, unless the clock's thread was faster. */
    private ClientCall<StringValue, StringValue> open(String... messages) {
        ClientCall<StringValue, StringValue> call = channel.newCall(BIDI, CallOptions.DEFAULT);
        ClientCall.Listener<StringValue> listener = new ClientCall.Listener<>() {
            @Override
            public void onMessage(StringValue message) {
                received.add(message.getValue());
            }

            @Override
            public void onClose(Status status, Metadata trailers) {
                assertThat(end).as("it ends once").isNull();
                end = status;
            }
        };
        call.start(listener, Metadata.EMPTY);
        call.request(100);
        for (String message : messages) {
            call.sendMessage(StringValue.of(message));
        }
        return call;
    }

    /** The request that opens the stream for the {@code n}th time. */
    private Sent opening(int n) {
        return sent(n, sent -> sent.head().has(StreamRequest.OPEN));
    }

    private Sent pull(int n) {
        return sent(n, sent -> sent.head().flags() == StreamRequest.HOLD);
    }

    /** A clock's thread sends what a test's own does not, so the order of requests is not that of the list. */
    private Sent sent(int n, Predicate<Sent> which) {
        Patience.until(() -> transport.sent.stream().filter(which).count() >= n, "request " + n);
        return transport.sent.stream().filter(which).toList().get(n - 1);
    }

    private String messagesTo(String host) {
        return transport.sent.stream()
                .filter(sent -> sent.to().host().equals(host) && sent.head().has(StreamRequest.SEGMENT))
                .sorted(Comparator.comparingLong(sent -> sent.head().sequence()))
                .map(Sent::messages)
                .collect(Collectors.joining());
    }

    private static int attempt(Sent opening) {
        return RetryMetadata.attemptOf(
                Objects.requireNonNull(opening.head().opening()).metadata());
    }

    private static void says(Sent pull, String message) {
        pull.isAnswered(FIRST_SEGMENT, StringValue.of(message).toByteArray());
    }

    /** The second opening was taken, and then all is as if there had been no other. */
    private void goesOnAtTheOther() {
        Sent opening = opening(2);
        assertThat(opening.to().host()).isEqualTo("other");
        assertThat(attempt(opening)).isEqualTo(2);
        Patience.until(() -> messagesTo("other").matches("(?s).*a.*b.*c"), "all messages, in their order");
        assertThat(transport.sent)
                .filteredOn(sent -> sent.to().equals(opening.to()))
                .allSatisfy(sent -> assertThat(sent.head().stream()).isEqualTo(opening.head().stream()));
        says(pull(2), "hello");
        Patience.until(() -> received.equals(List.of("hello")), "the one message");
        assertThat(end).isNull();
    }

    @Test
    void theOpeningGoesElsewhereUnderAnotherNumber() {
        open("a", "b", "c");
        Sent first = opening(1);
        Sent early = pull(1);
        assertThat(first.to().host()).isEqualTo("one");
        assertThat(attempt(first)).isEqualTo(1);
        first.fails(Reason.UNREACHABLE);
        early.fails(Reason.UNREACHABLE);
        assertThat(opening(2).head().stream()).isNotEqualTo(first.head().stream());
        if (!first.messages().isEmpty()) { // else as in messagesThatCameAfterTheOpeningGoWithTheNextOne
            assertThat(opening(2).messages()).isEqualTo(first.messages());
        }
        opening(2).isAnswered(TAKEN);
        goesOnAtTheOther();
    }

    @Test
    void messagesThatCameAfterTheOpeningGoWithTheNextOne() {
        ClientCall<StringValue, StringValue> call = open();
        Sent first = opening(1);
        assertThat(first.messages())
                .as("opened because its server may have something to say")
                .isEmpty();
        call.sendMessage(StringValue.of("a"));
        pull(1).fails(Reason.UNREACHABLE);
        first.fails(Reason.UNREACHABLE);
        assertThat(opening(2).messages()).contains("a");
        call.sendMessage(StringValue.of("b"));
        call.sendMessage(StringValue.of("c"));
        opening(2).isAnswered(TAKEN);
        goesOnAtTheOther();
    }

    @Test
    void whatWasSentAlongMayFailFirst() {
        open("a", "b", "c");
        pull(1).fails(Reason.UNREACHABLE);
        assertThat(transport.sent).as("the opening will tell").hasSize(2);
        opening(1).fails(Reason.REFUSED);
        opening(2).isAnswered(TAKEN);
        goesOnAtTheOther();
    }

    @Test
    void whatWasSentAlongMayBeAnsweredLast() {
        open("a", "b", "c");
        Sent early = pull(1);
        opening(1).isRefused(DRAINING, REFUSED);
        opening(2).isAnswered(TAKEN);
        early.isAnswered(GONE);
        goesOnAtTheOther();
    }

    @Test
    void whatFailsFirstIsNoMatterIfTheOpeningIsTaken() {
        open("a");
        pull(1).fails(Reason.OVERLOADED);
        opening(1).isAnswered(TAKEN);
        assertThat(pull(2).to().host()).as("it asks again").isEqualTo("one");
        says(pull(2), "hello");
        Patience.until(() -> received.equals(List.of("hello")), "the one message");
    }

    @Test
    void anOpeningThatMayHaveBeenSeenDoesNotGoElsewhere() {
        open("a", "b");
        Sent early = pull(1);
        opening(1).fails(Reason.PEER_LOST);
        early.fails(Reason.PEER_LOST);
        assertThat(end().code()).isEqualTo(StatusCode.UNAVAILABLE);
        assertThat(messagesTo("other")).isEmpty();
    }

    @Test
    void theSameTheOtherWayRound() {
        open("a", "b");
        pull(1).fails(Reason.PEER_LOST);
        assertThat(end).isNull();
        opening(1).fails(Reason.PEER_LOST);
        assertThat(end().code()).isEqualTo(StatusCode.UNAVAILABLE);
        assertThat(messagesTo("other")).isEmpty();
    }

    @Test
    void aRefusalThatDoesNotSayThatNobodyHasSeenItEndsTheStream() {
        open("a", "b");
        pull(1);
        opening(1).isRefused(DRAINING, Metadata.EMPTY);
        assertThat(end()).hasToString("UNAVAILABLE: draining");
        assertThat(messagesTo("other")).isEmpty();
    }

    @Test
    void aCancelBetweenTwoOpeningsIsTheEnd() {
        ClientCall<StringValue, StringValue> call = open("a", "b");
        pull(1);
        opening(1).fails(Reason.UNREACHABLE);
        pull(2);
        opening(2).isRefused(DRAINING, REFUSED.plus(RetryMetadata.retryAfter(Duration.ofHours(1))));
        call.cancel("enough", null);
        assertThat(end()).hasToString("CANCELLED: enough");
        assertThat(transport.sent).as("there is no server to be told").hasSize(4);
        assertThat(channel.outstanding()).isZero();
    }
}
