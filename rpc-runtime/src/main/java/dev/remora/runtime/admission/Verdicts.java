package dev.remora.runtime.admission;

import java.util.ArrayList;
import java.util.List;

/** What was decided under the lock, to be carried out after it: what is started or refused calls into handlers and transports. */
final class Verdicts {
    private final List<Candidate> started = new ArrayList<>(1);
    private final List<Candidate> refused = new ArrayList<>(0);
    private final List<Refusal> refusals = new ArrayList<>(0);

    void start(Candidate call) {
        started.add(call);
    }

    void refuse(Candidate call, Refusal refusal) {
        refused.add(call);
        refusals.add(refusal);
    }

    /** Never under the lock. */
    void carryOut() {
        for (Candidate call : started) {
            call.start();
        }
        for (int i = 0; i < refused.size(); i++) {
            Candidate call = refused.get(i);
            call.lane().metrics().happened(refusals.get(i).kind().event());
            call.refuse(refusals.get(i));
        }
    }
}
