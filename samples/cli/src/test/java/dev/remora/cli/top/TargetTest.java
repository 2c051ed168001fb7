package dev.remora.cli.top;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TargetTest {
    @ParameterizedTest
    @CsvSource({
        "127.0.0.1:9464, http://127.0.0.1:9464/metrics, 127.0.0.1:9464",
        "http://127.0.0.1:9464, http://127.0.0.1:9464/metrics, 127.0.0.1:9464",
        "http://users:9464/metrics, http://users:9464/metrics, users:9464",
        "HTTPS://users/, https://users/metrics, users",
        "http://users:9464/other?a=b, http://users:9464/other?a=b, users:9464/other",
        "[::1]:9464, http://[::1]:9464/metrics, [::1]:9464",
    })
    void readsWhatPeopleType(String typed, String uri, String name) {
        Target target = Target.parse(typed);

        assertThat(target.uri()).hasToString(uri);
        assertThat(target.name()).isEqualTo(name);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "://",
                "/://",
                "?://",
                "ftp://h/",
                "http://",
                "http:///metrics",
                "h:99999",
                "a b",
                "http://u:p@h/"
            })
    void refusesTheRestAndShowsHowItLooks(String typed) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Target.parse(typed))
                .withMessageContaining("'" + typed + "'")
                .withMessageContaining("http://127.0.0.1:9464/metrics");
    }
}
