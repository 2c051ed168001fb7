package dev.remora.cli.call;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class SimilarTest {
    private static final List<String> KNOWN = List.of("GetUser", "GetUsers", "CreateUser", "Follow");

    @Test
    void slipsAreGuessed() {
        assertThat(Similar.to("GetUsr", KNOWN)).containsExactly("GetUser");
        assertThat(Similar.to("getuser", KNOWN)).containsExactly("GetUser");
        assertThat(Similar.to("GetUserx", KNOWN)).containsExactly("GetUser", "GetUsers");
        assertThat(Similar.to("Fololw", KNOWN)).containsExactly("Follow");
    }

    @Test
    void whatIsQuiteDifferentIsNotGuessed() {
        assertThat(Similar.to("Publish", KNOWN)).isEmpty();
        assertThat(Similar.hint("Publish", KNOWN)).isEmpty();
    }

    @Test
    void swappedNeighboursAreOneSlip() {
        assertThat(Similar.to("ab", List.of("ba"))).containsExactly("ba");
    }
}
