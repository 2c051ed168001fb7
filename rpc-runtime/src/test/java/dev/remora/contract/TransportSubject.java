package dev.remora.contract;

/** What the parts of the suite test; each part is an interface of tests, all together are {@link TransportContract}. */
public interface TransportSubject {
    TransportFixture fixture();

    /** Made anew for each test. */
    TransportRig rig();
}
