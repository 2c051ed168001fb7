package dev.remora.cli.call;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import org.junit.jupiter.api.Test;

class MethodFinderTest {
    private final MethodFinder finder = new MethodFinder(new FakeSchema()
            .with("photos.v1.Users", "GetUser", "Follow")
            .with("photos.v1.Posts", "GetPost", "List")
            .with("admin.v1.Users", "GetUser", "Ban")
            .with("Bare", "Go"));

    private String found(String text) {
        return finder.method(text).fullName();
    }

    private CallException refused(String text) {
        return catchThrowableOfType(CallException.class, () -> finder.method(text));
    }

    @Test
    void aMethodIsFoundByItsFullNameWithSlashOrDot() {
        assertThat(found("photos.v1.Users/GetUser")).isEqualTo("photos.v1.Users/GetUser");
        assertThat(found("photos.v1.Users.GetUser")).isEqualTo("photos.v1.Users/GetUser");
        assertThat(found("Bare/Go")).isEqualTo("Bare/Go");
    }

    @Test
    void asMuchOfTheEndAsIsNeededWillDo() {
        assertThat(found("Follow")).isEqualTo("photos.v1.Users/Follow");
        assertThat(found("Posts/GetPost")).isEqualTo("photos.v1.Posts/GetPost");
    }

    @Test
    void whatMayMeanSeveralIsAskedBack() {
        assertThat(refused("Users/GetUser"))
                .hasMessageContaining("more than one method")
                .hasMessageContaining("photos.v1.Users/GetUser")
                .hasMessageContaining("admin.v1.Users/GetUser");
    }

    @Test
    void aSlipGetsAGuessAsShortAsItWasWritten() {
        assertThat(refused("Users/GetUsr")).hasMessageContaining("did you mean Users/GetUser?");
        assertThat(refused("Folow")).hasMessageContaining("did you mean Follow?");
        assertThat(refused("photos.v1.User/Follow")).hasMessageContaining("did you mean photos.v1.Users/Follow");
        assertThat(refused("nothing.like/It")).hasMessageNotContaining("did you mean");
        assertThat(refused("x").exitCode()).isEqualTo(2);
    }

    @Test
    void servicesAreFoundLikewise() {
        assertThat(finder.service("Posts").getName()).isEqualTo("photos.v1.Posts");
        assertThat(catchThrowableOfType(CallException.class, () -> finder.service("Post")))
                .hasMessageContaining("did you mean Posts?");
        assertThat(catchThrowableOfType(CallException.class, () -> finder.service("Users")))
                .hasMessageContaining("more than one service");
    }
}
