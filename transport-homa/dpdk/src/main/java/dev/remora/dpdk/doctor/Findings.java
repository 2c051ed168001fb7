package dev.remora.dpdk.doctor;

import java.util.ArrayList;
import java.util.List;

/** Collects findings; the area is the part of an id before its first point. */
final class Findings {
    private final List<Finding> list = new ArrayList<>();

    void ok(String id, String what) {
        add(id, Status.OK, what, "");
    }

    void note(String id, String what, String remedy) {
        add(id, Status.NOTE, what, remedy);
    }

    void warning(String id, String what, String remedy) {
        add(id, Status.WARNING, what, remedy);
    }

    void problem(String id, String what, String remedy) {
        add(id, Status.PROBLEM, what, remedy);
    }

    List<Finding> all() {
        return list;
    }

    private void add(String id, Status status, String what, String remedy) {
        list.add(new Finding(id.substring(0, id.indexOf('.')), id, status, what, remedy));
    }
}
