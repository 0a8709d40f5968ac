from patchbay_server.graph.task_key import TaskKey


def test_keys_of_nested_iterations() -> None:
    inner = TaskKey("outer").inside("loop", 2).inside("sub", 0).inside("fit")
    assert inner == TaskKey("outer/loop/sub/fit", "2.0")
    assert str(inner) == "outer/loop/sub/fit[2.0]"
    assert TaskKey.of(str(inner)) == inner
    assert str(TaskKey("read")) == "read"
    assert TaskKey.of("read") == TaskKey("read", "")
