package dev.remora.samples.photos.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.remora.api.RpcException;
import dev.remora.api.StatusCode;
import dev.remora.samples.photos.v1.CreateUserRequest;
import dev.remora.samples.photos.v1.GetUserRequest;
import dev.remora.samples.photos.v1.PublishRequest;
import dev.remora.samples.photos.v1.User;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The four services as processes over TCP, one of which is killed. */
@Timeout(240)
class KilledServiceTest {
    private static final long RECOVERY_LIMIT_NS = TimeUnit.SECONDS.toNanos(60);

    @TempDir
    private Path directory;

    private ChildProcesses system;
    private DemoClient client;

    @BeforeEach
    void start() throws Exception {
        Path data = Files.createDirectory(directory.resolve("data"));
        Path logs = Files.createDirectory(directory.resolve("logs"));
        system = ChildProcesses.create("tcp", data, logs);
        system.startAll();
        client = DemoClient.connect("tcp", system.addresses());
    }

    @AfterEach
    void stop() {
        if (client != null) {
            client.close();
        }
        system.close();
    }

    @Test
    void failsClearlyWhileTheServiceIsAwayAndRecoversWithItsDataWhenItIsBack() throws Exception {
        User user = client.users()
                .createUser(CreateUserRequest.newBuilder().setHandle("ada").build());
        GetUserRequest get =
                GetUserRequest.newBuilder().setUserId(user.getUserId()).build();
        PublishRequest publish = PublishRequest.newBuilder()
                .setAuthorId(user.getUserId())
                .setMediaId("m")
                .setClientToken("t")
                .build();
        client.timelines().publish(publish);

        system.kill("users");

        // Called directly, and by timeline on behalf of its caller.
        assertUnavailable(() -> client.users().getUser(get));
        assertUnavailable(() -> client.timelines().publish(publish));
        assertThat(system.firstDead()).contains("users");

        system.restart("users");

        assertThat(eventually(() -> client.users().getUser(get))).isEqualTo(user);
        // The same token: the post of the first call.
        assertThat(eventually(() -> client.timelines().publish(publish)).getTimelines())
                .isEqualTo(1);
    }

    @Test
    void endsItsProcessesWhenItIsClosed() {
        long pid = system.pid("media");
        assertThat(ProcessHandle.of(pid)).isPresent();

        system.close();

        assertThat(ProcessHandle.of(pid).filter(ProcessHandle::isAlive)).isEmpty();
    }

    private static void assertUnavailable(Call<?> call) {
        assertThatThrownBy(call::run)
                .isInstanceOfSatisfying(
                        RpcException.class, e -> assertThat(e.code()).isEqualTo(StatusCode.UNAVAILABLE));
    }

    /** A call. */
    private interface Call<T> {
        T run();
    }

    /** Repeats a call while its server cannot be reached: clients wait between attempts to connect. */
    private static <T> T eventually(Call<T> call) throws InterruptedException {
        long giveUpNs = System.nanoTime() + RECOVERY_LIMIT_NS;
        while (true) {
            try {
                return call.run();
            } catch (RpcException e) {
                boolean transientFailure =
                        e.code() == StatusCode.UNAVAILABLE || e.code() == StatusCode.DEADLINE_EXCEEDED;
                if (!transientFailure || System.nanoTime() - giveUpNs > 0) {
                    throw e;
                }
                Thread.sleep(Duration.ofMillis(20));
            }
        }
    }
}
