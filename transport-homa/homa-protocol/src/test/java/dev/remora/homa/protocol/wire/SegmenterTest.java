package dev.remora.homa.protocol.wire;

import static dev.remora.homa.protocol.wire.Addresses.CLIENT;
import static dev.remora.homa.protocol.wire.Addresses.CLIENT_PORT;
import static dev.remora.homa.protocol.wire.Addresses.HIGH;
import static dev.remora.homa.protocol.wire.Addresses.SERVER;
import static dev.remora.homa.protocol.wire.Addresses.SERVER_PORT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.remora.homa.protocol.wire.ParsedPacket.Verdict;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Cutting in software, by a NIC, and the frame handed to it. */
class SegmenterTest {
    private static final int TOS = 0xA0;
    private static final int SEGMENT = 100;

    private final MemorySegment header = MemorySegment.ofArray(new byte[HomaHeader.DATA_BYTES]);
    private final MemorySegment message = MemorySegment.ofArray(Golden.message());
    private final byte[] out = new byte[70_000];
    private final MemorySegment target = MemorySegment.ofArray(out);

    @Test
    void softwareCutsTheHijackedUnitAsANicWould() {
        Segmenter segmenter = hijacked();
        assertThat(segmenter.segments()).isEqualTo(3);
        for (int i = 0; i < 3; i++) {
            assertThat(segment(segmenter, i)).as("segment %d", i).isEqualTo(Golden.bytes("T" + (i + 1)));
        }
    }

    @Test
    void softwareCutsTheNativeUnit() {
        Segmenter segmenter = nativeUnit();
        for (int i = 0; i < 3; i++) {
            assertThat(segment(segmenter, i)).as("segment %d", i).isEqualTo(Golden.bytes("N" + (i + 1)));
        }
    }

    @Test
    void hijackedFrameIsTheGoldenOne() {
        int length = hijacked().tsoFrame(target, 0, ChecksumSeed.PSEUDO_HEADER);
        assertThat(Arrays.copyOf(out, length)).isEqualTo(Golden.bytes("T0"));
    }

    @Test
    void frameForDpdkDiffersOnlyInTheSeed() {
        int length = hijacked().tsoFrame(target, 0, ChecksumSeed.PSEUDO_HEADER_WITHOUT_LENGTH);
        assertThat(HomaHeader.checksum(target, 20)).isEqualTo(0x1409);
        HomaHeader.setChecksum(target, 20, 0x153b);
        assertThat(Arrays.copyOf(out, length)).isEqualTo(Golden.bytes("T0"));
    }

    @Test
    void headerOfFrameIsThatOfTheWholeFrame() {
        int length = hijacked().tsoHeader(target, 0, ChecksumSeed.PSEUDO_HEADER);
        assertThat(length).isEqualTo(76);
        assertThat(Arrays.copyOf(out, 76)).isEqualTo(Arrays.copyOf(Golden.bytes("T0"), 76));
    }

    @Test
    void nativeFrameInterleavesOffsets() {
        int length = nativeUnit().tsoFrame(target, 0, ChecksumSeed.PSEUDO_HEADER);
        assertThat(Arrays.copyOf(out, length)).isEqualTo(Golden.bytes("N0"));
    }

    /** Wherever the lead ends: before, in or after the first segment, or with the unit. */
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 99, 100, 101, 250})
    void aUnitWithALeadIsCutAsIfItStoodInOnePlace(int leadBytes) {
        MemorySegment lead = MemorySegment.ofArray(new byte[2 + leadBytes]);
        MemorySegment.copy(message, 1000, lead, 2, leadBytes);
        Segmenter segmenter = hijacked();
        segmenter.unit(TOS, 0x100, header, 0, message, 1000 + leadBytes, 250, SEGMENT);
        segmenter.lead(lead, 2, leadBytes);
        for (int i = 0; i < 3; i++) {
            assertThat(segment(segmenter, i)).as("segment %d", i).isEqualTo(Golden.bytes("T" + (i + 1)));
        }
        int length = segmenter.tsoFrame(target, 0, ChecksumSeed.PSEUDO_HEADER);
        assertThat(Arrays.copyOf(out, length)).isEqualTo(Golden.bytes("T0"));
        assertThatThrownBy(() -> segmenter.lead(lead, 0, 251)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void frameHasTheOffsetsOfAFrameWhateverTheHeaderSays() {
        Segmenter fromNative = nativeUnit();
        fromNative.route(Encapsulation.TCP_HEADER, 0, CLIENT, 0, SERVER);
        unit(fromNative, 0x100);
        int length = fromNative.tsoFrame(target, 0, ChecksumSeed.PSEUDO_HEADER);
        assertThat(Arrays.copyOf(out, length)).isEqualTo(Golden.bytes("T0"));
    }

    @ParameterizedTest
    @CsvSource({"T, 100", "N, 104"})
    void nicCutsTheGoldenFrames(String name, int mss) {
        MemorySegment frame = Golden.segment(name + "0");
        NicModel nic = new NicModel(ChecksumSeed.PSEUDO_HEADER);
        assertThat(NicModel.segments(frame, 0, mss)).isEqualTo(3);
        for (int i = 0; i < 3; i++) {
            int length = nic.cut(frame, 0, mss, i, target, 0);
            assertThat(Arrays.copyOf(out, length)).isEqualTo(Golden.bytes(name + (i + 1)));
        }
    }

    @Test
    void nicWithDpdkDriverMakesTheSameOfItsFrame() {
        MemorySegment frame = MemorySegment.ofArray(new byte[1000]);
        hijacked().tsoFrame(frame, 0, ChecksumSeed.PSEUDO_HEADER_WITHOUT_LENGTH);
        NicModel nic = new NicModel(ChecksumSeed.PSEUDO_HEADER_WITHOUT_LENGTH);
        for (int i = 0; i < 3; i++) {
            int length = nic.cut(frame, 0, SEGMENT, i, target, 0);
            assertThat(Arrays.copyOf(out, length)).isEqualTo(Golden.bytes("T" + (i + 1)));
        }
    }

    /** Bytes in, bytes of three segments out, as seen on Linux. */
    @ParameterizedTest
    @CsvSource({
        "06, 06, 06, 06",
        "01, 00, 00, 01",
        "18, 10, 10, 18",
        "80, 80, 00, 00",
        "40, 40, 40, 40",
        "20, 20, 20, 20",
        "ff, f6, 76, 7f"
    })
    void nicTreatsFlagsAsLinuxDoes(String in, String first, String middle, String last) {
        int flags = Integer.parseInt(in, 16);
        assertThat(NicModel.flags(flags, true, false)).isEqualTo(Integer.parseInt(first, 16));
        assertThat(NicModel.flags(flags, false, false)).isEqualTo(Integer.parseInt(middle, 16));
        assertThat(NicModel.flags(flags, false, true)).isEqualTo(Integer.parseInt(last, 16));
    }

    @Test
    void offsetInBothFieldsAdvancesInBoth() {
        Segmenter segmenter = new Segmenter();
        segmenter.route(Encapsulation.TCP_HEADER, 0, CLIENT, 0, SERVER);
        writeHeader(HomaHeader.DATA_WORDS, 1000);
        unit(segmenter, 0);
        segmenter.segment(2, target, 0, ChecksumSeed.COMPLETE);
        assertThat(HomaHeader.sequence(target, 20)).isEqualTo(1200);
        assertThat(HomaHeader.segmentOffset(target, 20)).isEqualTo(1200);
    }

    @Test
    void announcementWithoutDataIsOnePacket() {
        Segmenter segmenter = hijacked();
        segmenter.unit(TOS, 0, header, 0, message, 0, 0, SEGMENT);
        assertThat(segmenter.segments()).isEqualTo(1);
        assertThat(segmenter.segment(0, target, 0, ChecksumSeed.COMPLETE)).isEqualTo(76);
    }

    @Test
    void unitTooLongForAnIpPacketIsRefused() {
        Segmenter segmenter = hijacked();
        segmenter.unit(TOS, 0, header, 0, MemorySegment.ofArray(new byte[65_460]), 0, 65_460, 1424);
        assertThatThrownBy(() -> segmenter.tsoFrame(target, 0, ChecksumSeed.PSEUDO_HEADER))
                .isInstanceOf(IllegalArgumentException.class);
        segmenter.unit(TOS, 0, header, 0, MemorySegment.ofArray(new byte[65_459]), 0, 65_459, 1424);
        assertThat(segmenter.tsoFrame(target, 0, ChecksumSeed.PSEUDO_HEADER)).isEqualTo(65_535);
    }

    /** For any unit, family, form and place: what the NIC makes of the frame is what software cuts. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void nicAndSoftwareAgree(long seed) {
        Random random = new Random(seed);
        MemorySegment frame = MemorySegment.ofArray(new byte[70_000]);
        IpParser parser = new IpParser(true, true, IpHeader.defaultPriorityMap());
        ParsedPacket parsed = new ParsedPacket();
        for (int round = 0; round < 30; round++) {
            Encapsulation form = random.nextBoolean() ? Encapsulation.TCP_HEADER : Encapsulation.HOMA;
            boolean tcp = form == Encapsulation.TCP_HEADER;
            boolean ipv6 = random.nextBoolean();
            int length = 1 + random.nextInt(4999);
            int segmentBytes = 1 + random.nextInt(1500);
            int first = random.nextInt(5000 - length + 1);
            int at = random.nextInt(64);
            ChecksumSeed nicSeed =
                    random.nextBoolean() ? ChecksumSeed.PSEUDO_HEADER : ChecksumSeed.PSEUDO_HEADER_WITHOUT_LENGTH;
            Segmenter segmenter = new Segmenter();
            segmenter.route(form, ipv6 ? HIGH : 0, ipv6 ? 1 : CLIENT, ipv6 ? HIGH : 0, ipv6 ? 2 : SERVER);
            writeHeader(first, tcp ? HomaHeader.DATA_WORDS : 13, tcp ? HomaHeader.NO_OFFSET : first);
            segmenter.unit(
                    TOS,
                    random.nextInt(0x10000),
                    header,
                    0,
                    message,
                    first,
                    Math.min(length, 20 * segmentBytes),
                    segmentBytes);
            segmenter.tsoFrame(frame, at, nicSeed);
            int mss = FrameSize.cutBytes(form, segmentBytes);
            String what = "seed " + seed + " round " + round;
            assertThat(NicModel.segments(frame, at, mss)).as(what).isEqualTo(segmenter.segments());
            for (int i = 0; i < segmenter.segments(); i++) {
                byte[] soft = segment(segmenter, i);
                int cut = new NicModel(nicSeed).cut(frame, at, mss, i, target, 0);
                assertThat(Arrays.copyOf(out, cut)).as(what).isEqualTo(soft);
                assertThat(parser.parse(target, 0, cut, parsed)).as(what).isEqualTo(Verdict.HOMA);
                assertThat(HomaHeader.dataOffset(target, parsed.homaOffset()))
                        .as(what)
                        .isEqualTo(first + i * segmentBytes);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(names = "COMPLETE", mode = EnumSource.Mode.EXCLUDE)
    void seedOfSinglePacketForOffload(ChecksumSeed seed) {
        Segmenter segmenter = hijacked();
        int length = segmenter.segment(1, target, 0, seed);
        int pseudoLength = seed == ChecksumSeed.PSEUDO_HEADER ? length - 20 : 0;
        int added = Checksum.fold(Checksum.pseudoHeaderWithoutLength(0, CLIENT, 0, SERVER) + pseudoLength);
        assertThat(HomaHeader.checksum(target, 20)).isEqualTo(added);
        byte[] golden = Golden.bytes("T2");
        // What the NIC does: the sum of everything, the seed included, complemented.
        HomaHeader.setChecksum(
                target, 20, Checksum.finish(Checksum.sum(target, 20, length - 20) + length - 20 - pseudoLength));
        assertThat(Arrays.copyOf(out, length)).isEqualTo(golden);
    }

    private Segmenter hijacked() {
        Segmenter segmenter = new Segmenter();
        segmenter.route(Encapsulation.TCP_HEADER, 0, CLIENT, 0, SERVER);
        writeHeader(HomaHeader.DATA_WORDS, HomaHeader.NO_OFFSET);
        unit(segmenter, 0x100);
        return segmenter;
    }

    private Segmenter nativeUnit() {
        Segmenter segmenter = new Segmenter();
        segmenter.route(Encapsulation.HOMA, 0, CLIENT, 0, SERVER);
        writeHeader(HomaHeader.NATIVE_SEGMENT_WORDS, 1000);
        unit(segmenter, 0);
        return segmenter;
    }

    private void unit(Segmenter segmenter, int ipId) {
        segmenter.unit(TOS, ipId, header, 0, message, 1000, 250, SEGMENT);
    }

    private void writeHeader(int doffWords, int segmentOffset) {
        writeHeader(1000, doffWords, segmentOffset);
    }

    private void writeHeader(int sequence, int doffWords, int segmentOffset) {
        HomaHeader.writeCommon(header, 0, CLIENT_PORT, SERVER_PORT, sequence, HomaHeader.DATA, doffWords, 0x1240);
        HomaHeader.writeData(header, 0, 5000, 5000, 0x123c, SERVER_PORT, 1, false, 0, segmentOffset);
    }

    private byte[] segment(Segmenter segmenter, int index) {
        int length = segmenter.segment(index, target, 0, ChecksumSeed.COMPLETE);
        return Arrays.copyOf(out, length);
    }
}
