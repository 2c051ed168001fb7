package dev.remora.runtime.reflection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.protobuf.AnyProto;
import com.google.protobuf.DescriptorProtos.DescriptorProto;
import com.google.protobuf.DescriptorProtos.FieldDescriptorProto;
import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.Descriptors;
import com.google.protobuf.Descriptors.FileDescriptor;
import dev.remora.api.RpcException;
import dev.remora.api.StatusCode;
import dev.remora.runtime.Served;
import dev.remora.runtime.TextService;
import dev.remora.runtime.config.DefaultValues;
import dev.remora.runtime.config.ServerSettings;
import dev.remora.runtime.health.HealthService;
import dev.remora.runtime.health.v1.HealthRpc;
import dev.remora.runtime.introspection.LiveCalls;
import dev.remora.runtime.reflection.v1.FindFilesRequest;
import dev.remora.runtime.reflection.v1.Method;
import dev.remora.runtime.reflection.v1.ReflectionRpc;
import dev.remora.runtime.reflection.v1.Service;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ReflectionServiceTest {
    private static final Duration TIMEOUT = Duration.ofSeconds(20);

    private final Served served = new Served(
            LiveCalls.none(),
            new ReflectionService(AnyProto.getDescriptor()),
            new HealthService(),
            new TextService(q -> q));
    private final ReflectionClient client = new ReflectionClient(served.channel(), TIMEOUT);

    @AfterEach
    void end() {
        served.close();
    }

    private static List<String> names(DescriptorPool pool) {
        return pool.files().stream().map(FileDescriptor::getName).toList();
    }

    @Test
    void allServicesAreListedWithTheirMethodsReflectionToo() {
        Map<String, Service> services =
                client.services().stream().collect(Collectors.toMap(Service::getName, each -> each));
        assertThat(services).containsOnlyKeys(TextService.NAME, HealthRpc.SERVICE_NAME, ReflectionRpc.SERVICE_NAME);
        assertThat(client.services()).extracting(Service::getName).isSorted();
        Service health = Objects.requireNonNull(services.get(HealthRpc.SERVICE_NAME));
        assertThat(health.getMethodsList())
                .extracting(Method::getName)
                .containsExactly("Check", "List", "Await", "Watch");
        assertThat(health.getMethods(0).getRequestType()).isEqualTo("remora.health.v1.CheckRequest");
        assertThat(health.getMethods(0).getServerStreaming()).isFalse();
        assertThat(health.getMethods(3).getServerStreaming()).isTrue();
        assertThat(health.getMethods(3).getClientStreaming()).isFalse();
        assertThat(Objects.requireNonNull(services.get(TextService.NAME))
                        .getMethods(0)
                        .getRequestType())
                .as("made by hand: nobody knows its messages")
                .isEmpty();
    }

    @Test
    void aClientCanBuildDescriptorsFromASymbol() {
        DescriptorPool pool = client.describe(List.of(HealthRpc.SERVICE_NAME));
        Descriptors.ServiceDescriptor health =
                pool.service(HealthRpc.SERVICE_NAME).orElseThrow();
        assertThat(health.findMethodByName("Check").getOutputType().findFieldByName("version"))
                .isNotNull();
        assertThat(pool.message("remora.health.v1.ListResponse")).isPresent();
        assertThat(pool.messages()).extracting(Descriptors.Descriptor::getName).doesNotContain("StatusesEntry");
        // Imports stand before what imports them.
        assertThat(names(pool))
                .containsExactly(
                        "google/protobuf/descriptor.proto", "remora/options.proto", "remora/health/v1/health.proto");
    }

    @Test
    void everyKindOfSymbolIsFound() {
        for (String symbol : List.of(
                "remora.health.v1.Health",
                "remora.health.v1.Health.Check",
                "remora.health.v1.CheckRequest",
                "remora.health.v1.CheckRequest.service",
                "remora.health.v1.ListResponse.StatusesEntry",
                "remora.health.v1.ServingStatus",
                "remora.health.v1.NOT_SERVING")) {
            assertThat(names(client.describe(List.of(symbol)))).as(symbol).contains("remora/health/v1/health.proto");
        }
        assertThat(names(client.describe(List.of("remora.method")))).contains("remora/options.proto");
    }

    @Test
    void filesThatNoServiceImportsCanBeAdded() {
        assertThat(client.describe(List.of("google.protobuf.Any")).message("google.protobuf.Any"))
                .isPresent();
    }

    @Test
    void filesAreFoundByNameWithOrWithoutImports() {
        ReflectionRpc.BlockingStub stub = ReflectionRpc.blockingStub(served.channel());
        FindFilesRequest request = FindFilesRequest.newBuilder()
                .addFileNames("remora/health/v1/health.proto")
                .build();
        assertThat(stub.findFiles(request).getFilesCount()).isEqualTo(3);
        assertThat(stub.findFiles(request.toBuilder().setWithoutImports(true).build())
                        .getFilesList())
                .extracting(FileDescriptorProto::getName)
                .containsExactly("remora/health/v1/health.proto");
    }

    @Test
    void whatIsNotKnownIsNamed() {
        RpcException failure =
                catchThrowableOfType(RpcException.class, () -> client.describe(List.of("no.such.Thing")));
        assertThat(failure.code()).isEqualTo(StatusCode.NOT_FOUND);
        assertThat(failure.getMessage()).contains("symbol 'no.such.Thing'");
    }

    @Test
    void tooManyNamesAreRefused() {
        List<String> many =
                IntStream.range(0, 1001).mapToObj(i -> "remora.method").toList();
        RpcException failure = catchThrowableOfType(RpcException.class, () -> client.describe(many));
        assertThat(failure.code()).isEqualTo(StatusCode.INVALID_ARGUMENT);
    }

    @Test
    void aSetTooLargeForOneAnswerIsFetchedFileByFile() {
        int total = HealthRpc.SERVICE.protobuf().get().getFile().toProto().getSerializedSize();
        int largest =
                com.google.protobuf.DescriptorProtos.getDescriptor().toProto().getSerializedSize();
        assertThat(total).isLessThan(largest);
        DefaultValues narrow =
                DefaultValues.of(ServerSettings.ALL).with(ServerSettings.MAX_RESPONSE_BYTES, (long) largest + 100);
        try (Served other = new Served(LiveCalls.none(), narrow, new ReflectionService(), new HealthService())) {
            DescriptorPool pool =
                    new ReflectionClient(other.channel(), TIMEOUT).describe(List.of(HealthRpc.SERVICE_NAME));
            assertThat(names(pool)).hasSize(3);
        }
    }

    @Test
    void aServerWithoutReflectionSaysUnimplemented() {
        try (Served other = new Served(LiveCalls.none(), new TextService(q -> q))) {
            ReflectionClient asking = new ReflectionClient(other.channel(), TIMEOUT);
            RpcException failure = catchThrowableOfType(RpcException.class, asking::services);
            assertThat(failure.code()).isEqualTo(StatusCode.UNIMPLEMENTED);
        }
    }

    @Test
    void filesThatDoNotFitTogetherAreRefusedWithTheReason() {
        FileDescriptorProto a = file("a.proto", "b.proto");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> DescriptorPool.of(List.of(a)))
                .withMessageContaining("'b.proto' is missing")
                .withMessageContaining("'a.proto'");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> DescriptorPool.of(List.of(a, file("b.proto", "a.proto"))))
                .withMessageContaining("circle");
        FileDescriptorProto bad = file("bad.proto").toBuilder()
                .addMessageType(DescriptorProto.newBuilder()
                        .setName("M")
                        .addField(FieldDescriptorProto.newBuilder()
                                .setName("f")
                                .setNumber(1)
                                .setLabel(FieldDescriptorProto.Label.LABEL_OPTIONAL)
                                .setTypeName(".no.Such")))
                .build();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> DescriptorPool.of(List.of(bad)))
                .withMessageContaining("bad.proto")
                .withMessageContaining("no.Such");
    }

    @Test
    void importsNestedWithoutEndAreRefused() {
        List<FileDescriptorProto> chain = new ArrayList<>();
        for (int i = 0; i < 1000; i++) {
            chain.add(file(i + ".proto", (i + 1) + ".proto"));
        }
        chain.add(file("1000.proto"));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> DescriptorPool.of(chain))
                .withMessageContaining("deep");
    }

    private static FileDescriptorProto file(String name, String... imports) {
        return FileDescriptorProto.newBuilder()
                .setName(name)
                .setSyntax("proto3")
                .addAllDependency(List.of(imports))
                .build();
    }
}
