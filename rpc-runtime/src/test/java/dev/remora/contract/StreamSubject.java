package dev.remora.contract;

/** What the parts of the suite of streams test; all together are {@link StreamContract}. */
public interface StreamSubject {
    /** Made anew for each test. */
    StreamRig rig();
}
