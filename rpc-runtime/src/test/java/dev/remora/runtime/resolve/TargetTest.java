package dev.remora.runtime.resolve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.remora.runtime.config.InstalledResolvers;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TargetTest {
    private static final List<String> SCHEMES = List.of("static", "dns", "file");

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            nullValues = "-",
            value = {
                "a:7000                      | static | ''          | a:7000",
                "a:7000,b:7000 weight=2      | static | ''          | a:7000,b:7000 weight=2",
                "[::1]:7000                  | static | ''          | [::1]:7000",
                "dns:7000                    | static | ''          | dns:7000",
                "dns:1,b:2                   | static | ''          | dns:1,b:2",
                "dns:1 weight=2,b:2          | static | ''          | dns:1 weight=2,b:2",
                "static:a:1,b:2              | static | ''          | a:1,b:2",
                "dns:photos:7000             | dns    | ''          | photos:7000",
                "dns:///photos:7000          | dns    | ''          | photos:7000",
                "dns://10.0.0.2:53/photos:70 | dns    | 10.0.0.2:53 | photos:70",
                "file:///etc/servers         | file   | ''          | /etc/servers",
                "file:/etc/servers           | file   | ''          | /etc/servers",
            })
    void isTakenApart(String text, String scheme, String authority, String name) {
        Target target = Target.parse(text, SCHEMES);
        assertThat(target).isEqualTo(new Target(scheme, authority, name, text));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "''              | a target is empty",
                "etcd:///x       | there is no scheme 'etcd'; installed are dns, file, static",
                "zookeeper://h/x | remora-discovery-zookeeper",
                "dns://photos    | with three slashes",
                "dns:///         | has no name after dns:",
                "file:///        | has no name after file:",
            })
    void mistakesAreNamed(String text, String message) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Target.parse(text, SCHEMES))
                .withMessageContaining(message);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "a            | is not an address",
                "etcd:x:1     | is not an address",
                "a:1,,b:1     | a comma with no address",
                "a:0          | lacks the server's port",
                "a:1 weight=0 | weight 0 of a:1 is outside 1 to 65535",
                "a:1 weight=x | weight 'x' is not a whole number",
                "a:1 zone=x   | not 'zone=x'",
            })
    void mistakesInAddressesAreNamed(String text, String message) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> InstalledResolvers.withDefaults().check(text))
                .withMessageContaining(message);
    }
}
