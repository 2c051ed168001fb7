package dev.remora.cli.call;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.remora.runtime.reflection.DescriptorPool;
import dev.remora.samples.echo.v1.SayRequest;
import dev.remora.samples.echo.v1.Style;
import java.io.IOException;
import java.io.PipedReader;
import java.io.PipedWriter;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JsonRequestsTest {
    private static final DescriptorPool POOL = FakeSchema.echo();
    private static final Descriptor TYPE =
            POOL.message("remora.samples.echo.SayRequest").orElseThrow();

    private static List<SayRequest> read(String argument, String input) throws IOException {
        List<SayRequest> all = new ArrayList<>();
        try (JsonRequests requests = JsonRequests.open(argument, new StringReader(input), TYPE, JsonText.types(POOL))) {
            while (requests.hasNext()) {
                all.add(typed(requests.next()));
            }
        }
        return all;
    }

    private static SayRequest typed(DynamicMessage message) throws InvalidProtocolBufferException {
        return SayRequest.parseFrom(message.toByteString());
    }

    private static CallException refused(String json) {
        return catchThrowableOfType(CallException.class, () -> read(json, ""));
    }

    @Test
    void aDocumentBecomesAMessage() throws IOException {
        assertThat(read("{\"text\": \"hi\", \"times\": 3, \"style\": \"UPPER_CASE\"}", ""))
                .containsExactly(SayRequest.newBuilder()
                        .setText("hi")
                        .setTimes(3)
                        .setStyle(Style.UPPER_CASE)
                        .build());
    }

    @Test
    void namesNeedNoQuotes() throws IOException {
        assertThat(read("{text: 'hi'}", "")).extracting(SayRequest::getText).containsExactly("hi");
    }

    @Test
    void severalDocumentsFollowEachOther() throws IOException {
        assertThat(read("{\"text\": \"a\"} {\"text\": \"b\"}\n{}", ""))
                .extracting(SayRequest::getText)
                .containsExactly("a", "b", "");
        assertThat(read("", "")).isEmpty();
    }

    @Test
    void aMethodOfOneRequestTakesOneOrTheEmptyOne() throws IOException {
        try (JsonRequests none = JsonRequests.open(null, new StringReader(""), TYPE, JsonText.types(POOL));
                JsonRequests two = JsonRequests.open("{} {}", new StringReader(""), TYPE, JsonText.types(POOL))) {
            assertThat(typed(none.single())).isEqualTo(SayRequest.getDefaultInstance());
            assertThat(catchThrowableOfType(CallException.class, two::single)).hasMessageContaining("one message");
        }
    }

    @Test
    void theyComeFromFilesAndStandardInput(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("request.json");
        Files.writeString(file, "{\"text\": \"from file\"}");
        assertThat(read("@" + file, "")).extracting(SayRequest::getText).containsExactly("from file");
        assertThat(read("-", "{\"text\": \"from input\"}"))
                .extracting(SayRequest::getText)
                .containsExactly("from input");
        assertThat(refused("@" + folder.resolve("none")).getMessage()).contains("no such file");
    }

    @Test
    void whatIsWrittenIsTakenBeforeTheRestIsThere() throws IOException {
        try (PipedWriter writer = new PipedWriter();
                JsonRequests requests = JsonRequests.open("-", new PipedReader(writer), TYPE, JsonText.types(POOL))) {
            writer.write("{\"text\": \"first\"}\n");
            writer.flush();
            assertThat(typed(requests.next()).getText()).isEqualTo("first");
            writer.close();
            assertThat(requests.hasNext()).isFalse();
        }
    }

    @Test
    void misspeltFieldsGetAGuessAndTheirPlace() {
        assertThat(refused("{\"txet\": \"hi\"}"))
                .hasMessage("SayRequest has no field 'txet'; did you mean text?")
                .satisfies(e -> assertThat(e.mend()).contains("text, times, style"));
        assertThat(refused("{\"style\": \"UPERCASE\"}"))
                .hasMessageContaining("style: Style has no value 'UPERCASE'; did you mean UPPER_CASE?");
    }

    @Test
    void valuesOfAnotherTypeAreTold() {
        assertThat(refused("{\"times\": \"many\"}")).hasMessageContaining("does not fit");
        assertThat(refused("[1]")).hasMessageContaining("must be an object {...}");
    }

    @Test
    void whatIsNotJsonIsToldWithItsPlace() {
        assertThat(refused("{\"text\": \"hi\""))
                .hasMessageContaining("the request is not JSON")
                .hasMessageContaining("line 1");
        assertThat(refused("{\"text\": \"hi\"} {\"text\": }")).hasMessageContaining("message 2");
    }
}
