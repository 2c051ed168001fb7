package dev.remora.api;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class MetadataTest {
    private static final Metadata.Key<String> A = Metadata.Key.text("a");
    private static final Metadata.Key<String> B = Metadata.Key.text("b");

    @Test
    void withoutAKeyAllItsPairsAreGoneAndTheOthersStay() {
        Metadata all = Metadata.of(A, "1").plus(B, "2").plus(A, "3");
        assertThat(all.without(A)).isEqualTo(Metadata.of(B, "2"));
        assertThat(all.without(B).getAll(A)).containsExactly("1", "3");
        assertThat(all.without(Metadata.Key.text("c"))).isSameAs(all);
        assertThat(Metadata.of(A, "1").without(A)).isSameAs(Metadata.EMPTY);
        assertThat(Metadata.EMPTY.without(A)).isSameAs(Metadata.EMPTY);
    }
}
