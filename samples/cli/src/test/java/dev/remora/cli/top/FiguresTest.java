package dev.remora.cli.top;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class FiguresTest {
    @Test
    void numbersAreShort() {
        assertThat(Figures.number(0)).isEqualTo("0.0");
        assertThat(Figures.number(99.94)).isEqualTo("99.9");
        assertThat(Figures.number(999.4)).isEqualTo("999");
        assertThat(Figures.number(999.96)).isEqualTo("1.0k");
        assertThat(Figures.number(12_345)).isEqualTo("12.3k");
        assertThat(Figures.number(4.56e9)).isEqualTo("4.6G");
        assertThat(Figures.number(Double.MAX_VALUE)).isEqualTo("2e+308");
        assertThat(Figures.number(Double.NaN)).isEqualTo("-");
        assertThat(Figures.number(Double.POSITIVE_INFINITY)).isEqualTo("-");
        assertThat(Figures.whole(7)).isEqualTo("7");
        assertThat(Figures.whole(12_345)).isEqualTo("12.3k");
    }

    @Test
    void unitsAreShown() {
        assertThat(Figures.bytes(0)).isEqualTo("0.0 B");
        assertThat(Figures.bytes(1_234_567)).isEqualTo("1.2 MB");
        assertThat(Figures.time(0.000_012_3)).isEqualTo("12.3 us");
        assertThat(Figures.time(0.012_3)).isEqualTo("12.30 ms");
        assertThat(Figures.time(2)).isEqualTo("2.00 s");
        assertThat(Figures.time(Double.NaN)).isEqualTo("-");
        assertThat(Figures.percent(12.4)).isEqualTo("12 %");
        assertThat(Figures.percent(Double.NaN)).isEqualTo("-");
    }

    @Test
    void foreignTextCannotControlTheTerminal() {
        assertThat(Figures.text("a\u001b[2Jb\n\u009bc\u00e9", 40)).isEqualTo("a?[2Jb??c?");
        assertThat(Figures.text("abcdefgh", 5)).isEqualTo("abc..");
        assertThat(Figures.text("abcde", 5)).isEqualTo("abcde");
    }
}
