from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('organizations', '0006_person_sort_key'),
    ]

    operations = [
        migrations.AlterField(
            model_name='grant',
            name='role',
            field=models.CharField(choices=[('administrator', 'Quản trị hệ thống'), ('regime_manager', 'Đầu mối chế độ báo cáo'), ('entry_officer', 'Chuyên viên nhập liệu'), ('leader', 'Lãnh đạo đơn vị'), ('clerk', 'Văn thư'), ('receiver', 'Đơn vị tổng hợp'), ('viewer', 'Lãnh đạo, tổ tổng hợp'), ('auditor', 'Giám sát'), ('one_stop_clerk', 'Cán bộ một cửa'), ('case_officer', 'Chuyên viên thụ lý'), ('accountant', 'Kế toán thu phí'), ('jurist', 'Cán bộ pháp chế'), ('steering_officer', 'Cán bộ điều hành'), ('chair', 'Chủ tọa')], max_length=20),
        ),
        migrations.AlterField(
            model_name='grantrequest',
            name='role',
            field=models.CharField(choices=[('administrator', 'Quản trị hệ thống'), ('regime_manager', 'Đầu mối chế độ báo cáo'), ('entry_officer', 'Chuyên viên nhập liệu'), ('leader', 'Lãnh đạo đơn vị'), ('clerk', 'Văn thư'), ('receiver', 'Đơn vị tổng hợp'), ('viewer', 'Lãnh đạo, tổ tổng hợp'), ('auditor', 'Giám sát'), ('one_stop_clerk', 'Cán bộ một cửa'), ('case_officer', 'Chuyên viên thụ lý'), ('accountant', 'Kế toán thu phí'), ('jurist', 'Cán bộ pháp chế'), ('steering_officer', 'Cán bộ điều hành'), ('chair', 'Chủ tọa')], max_length=20),
        ),
    ]
