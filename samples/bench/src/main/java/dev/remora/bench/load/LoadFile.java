package dev.remora.bench.load;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32;
import org.HdrHistogram.IntCountsHistogram;

/**
 * A {@link LoadRecord} as a file, on its way from one process to another of the same release:
 *
 * <pre>
 * magic (4), version (4), length of the body (4), CRC-32 of the body (8), body
 * body: bins, measured time, totals, a histogram per bin, lag, seconds, failure messages, notes
 * </pre>
 *
 * Numbers are big-endian, histograms as HdrHistogram encodes them, and one without values is a length of 0.
 */
final class LoadFile {
    private static final int MAGIC = 0x524C4F41;
    private static final int VERSION = 1;
    private static final int HEAD_BYTES = 20;
    private static final int MAX_BYTES = 1 << 28;

    private LoadFile() {}

    static void write(LoadRecord load, Path file) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            writeBins(out, load.bins());
            out.writeLong(load.measureNs());
            writeTotals(out, load.totals());
            for (int bin = 0; bin < load.bins().count(); bin++) {
                writeHistogram(out, load.latency(bin));
            }
            writeHistogram(out, load.lag());
            for (LoadSecond second : load.seconds()) {
                out.writeLong(second.calls());
                out.writeLong(second.bytes());
                writeHistogram(out, second.shortLatency());
            }
            writeTexts(out, load.failureMessages());
            writeTexts(out, load.notes());
            out.flush();
            byte[] body = bytes.toByteArray();
            ByteBuffer whole = ByteBuffer.allocate(HEAD_BYTES + body.length);
            whole.putInt(MAGIC).putInt(VERSION).putInt(body.length).putLong(checksum(body));
            Files.write(file, whole.put(body).array());
        } catch (IOException e) {
            throw new UncheckedIOException("what was measured cannot be written to " + file, e);
        }
    }

    static LoadRecord read(Path file) {
        byte[] whole;
        try {
            if (Files.size(file) > MAX_BYTES) {
                throw refused(file, "it has " + Files.size(file) + " bytes");
            }
            whole = Files.readAllBytes(file);
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "what was measured cannot be read from " + file
                            + ": see whether the process that was to write it failed",
                    e);
        }
        return parse(file, body(file, whole));
    }

    private static byte[] body(Path file, byte[] whole) {
        if (whole.length < HEAD_BYTES) {
            throw refused(file, "it has " + whole.length + " bytes only");
        }
        ByteBuffer head = ByteBuffer.wrap(whole);
        if (head.getInt() != MAGIC) {
            throw refused(file, "it does not begin like one");
        }
        int version = head.getInt();
        if (version != VERSION) {
            throw refused(file, "its form is " + version + ", this release knows " + VERSION);
        }
        int length = head.getInt();
        long checksum = head.getLong();
        if (length != head.remaining()) {
            throw refused(file, "it should have " + length + " bytes after its head and has " + head.remaining());
        }
        byte[] body = new byte[length];
        head.get(body);
        if (checksum(body) != checksum) {
            throw refused(file, "its checksum is wrong");
        }
        return body;
    }

    private static LoadRecord parse(Path file, byte[] body) {
        try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(body))) {
            SizeBins bins = readBins(in);
            long measureNs = in.readLong();
            if (measureNs <= 0 || measureNs > LoadPlan.MAX_MEASURE_NS) {
                throw new IllegalArgumentException("a measured time of " + measureNs + " ns");
            }
            LoadTotals totals = readTotals(in);
            IntCountsHistogram[] latency = new IntCountsHistogram[bins.count()];
            for (int bin = 0; bin < latency.length; bin++) {
                latency[bin] = readHistogram(in, Latencies.histogram());
            }
            IntCountsHistogram lag = readHistogram(in, Latencies.histogram());
            LoadSecond[] seconds = new LoadSecond[LoadRecord.seconds(measureNs)];
            for (int i = 0; i < seconds.length; i++) {
                seconds[i] = new LoadSecond(
                        notNegative(in.readLong()),
                        notNegative(in.readLong()),
                        readHistogram(in, LoadSecond.newHistogram()));
            }
            List<String> failureMessages = readTexts(in);
            List<String> notes = readTexts(in);
            if (in.available() > 0) {
                throw new IllegalArgumentException(in.available() + " bytes too many");
            }
            return new LoadRecord(bins, measureNs, totals, latency, lag, seconds, failureMessages, notes);
        } catch (IOException | RuntimeException e) {
            // The checksum is right, so whoever wrote it was not the writer above; HdrHistogram throws what it likes.
            IllegalArgumentException refused = refused(file, "its content makes no sense (" + e + ")");
            refused.initCause(e);
            throw refused;
        }
    }

    private static void writeBins(DataOutputStream out, SizeBins bins) throws IOException {
        out.writeUTF(LoadRecord.shortened(bins.name()));
        out.writeInt(bins.count());
        for (int bin = 0; bin < bins.count(); bin++) {
            out.writeInt(bins.fromBytes(bin));
            out.writeInt(bins.toBytes(bin));
            out.writeDouble(bins.toFraction(bin));
            out.writeDouble(bins.meanBytes(bin));
        }
    }

    private static SizeBins readBins(DataInputStream in) throws IOException {
        String name = in.readUTF();
        int count = in.readInt();
        if (count < 1 || count > SizeBins.MAX_BINS) {
            throw new IllegalArgumentException(count + " bins");
        }
        int[] from = new int[count];
        int[] to = new int[count];
        double[] cumulative = new double[count];
        double[] meanBytes = new double[count];
        for (int bin = 0; bin < count; bin++) {
            from[bin] = in.readInt();
            to[bin] = in.readInt();
            cumulative[bin] = in.readDouble();
            meanBytes[bin] = in.readDouble();
        }
        return SizeBins.restored(name, from, to, cumulative, meanBytes);
    }

    private static void writeTotals(DataOutputStream out, LoadTotals totals) throws IOException {
        out.writeLong(totals.due());
        out.writeLong(totals.dueBytes());
        out.writeLong(totals.calls());
        out.writeLong(totals.requestBytes());
        out.writeLong(totals.responseBytes());
        out.writeLong(totals.failures());
        out.writeLong(totals.unfinished());
        out.writeLong(totals.delayed());
        out.writeLong(totals.repeated());
    }

    private static LoadTotals readTotals(DataInputStream in) throws IOException {
        return new LoadTotals(
                in.readLong(),
                in.readLong(),
                in.readLong(),
                in.readLong(),
                in.readLong(),
                in.readLong(),
                in.readLong(),
                in.readLong(),
                in.readLong());
    }

    private static void writeHistogram(DataOutputStream out, IntCountsHistogram histogram) throws IOException {
        if (histogram.getTotalCount() == 0) {
            out.writeInt(0);
            return;
        }
        ByteBuffer encoded = ByteBuffer.allocate(histogram.getNeededByteBufferCapacity());
        int length = histogram.encodeIntoByteBuffer(encoded);
        out.writeInt(length);
        out.write(encoded.array(), 0, length);
    }

    /** Adds what was written to an empty histogram, whose range and precision it must have. */
    private static IntCountsHistogram readHistogram(DataInputStream in, IntCountsHistogram into) throws IOException {
        int length = in.readInt();
        if (length == 0) {
            return into;
        }
        if (length < 0 || length > in.available()) {
            throw new IllegalArgumentException(
                    "a histogram of " + length + " bytes, where " + in.available() + " are left");
        }
        IntCountsHistogram read = IntCountsHistogram.decodeFromByteBuffer(ByteBuffer.wrap(in.readNBytes(length)), 0);
        if (read.getNumberOfSignificantValueDigits() != into.getNumberOfSignificantValueDigits()
                || read.getHighestTrackableValue() != into.getHighestTrackableValue()) {
            throw new IllegalArgumentException("a histogram up to " + read.getHighestTrackableValue() + " with "
                    + read.getNumberOfSignificantValueDigits() + " digits");
        }
        into.add(read);
        return into;
    }

    private static void writeTexts(DataOutputStream out, List<String> texts) throws IOException {
        out.writeInt(texts.size());
        for (String text : texts) {
            out.writeUTF(text);
        }
    }

    private static List<String> readTexts(DataInputStream in) throws IOException {
        int count = in.readInt();
        if (count < 0 || count > LoadRecord.MAX_TEXTS) {
            throw new IllegalArgumentException(count + " texts");
        }
        List<String> texts = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            texts.add(in.readUTF());
        }
        return texts;
    }

    private static long notNegative(long count) {
        if (count < 0) {
            throw new IllegalArgumentException("a count of " + count);
        }
        return count;
    }

    private static long checksum(byte[] body) {
        CRC32 crc = new CRC32();
        crc.update(body);
        return crc.getValue();
    }

    private static IllegalArgumentException refused(Path file, String why) {
        return new IllegalArgumentException(file + " is no record of a load: " + why
                + "; run the load again, and see whether the process that wrote it failed");
    }
}
